package io.hanse.fsm.view;

import io.hanse.fsm.store.Key;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The keys of all tables. What is matched without case is folded here and nowhere else; rows keep
 * names as they were written. A peer of "" means this cluster.
 */
public final class Keys {
  /** The key of the only row of a table. */
  public static final Key ONLY = Key.ONLY;

  /** Above every byte with which a segment can go on. */
  private static final String LAST = "\uDBFF\uDFFF";

  /** Behind each tag of a set, so that no set is the beginning of another one. */
  private static final char TAG_END = '\u0001';

  private Keys() {}

  public static String fold(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  public static Key node(String peer, String node) {
    return Key.ofPeer(peer).thenFolded(node);
  }

  /** In the index by id. */
  public static Key nodeId(String peer, String id) {
    return Key.ofPeer(peer).thenFolded(id);
  }

  /** Of an instance; also, in the index of checks by instance, of what a check is about. */
  public static Key instance(String peer, String node, String serviceId) {
    return node(peer, node).thenFolded(serviceId);
  }

  /** In the indexes by name and by destination. */
  public static Key service(String peer, String name) {
    return Key.ofPeer(peer).thenFolded(name);
  }

  /** In the index by tags: the name folded and as it is, then all tags as one segment. */
  public static Key tags(String peer, String name, Collection<String> tags) {
    StringBuilder all = new StringBuilder();
    String[] sorted = tags.toArray(new String[0]);
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || !sorted[i].equals(sorted[i - 1])) {
        all.append(sorted[i]).append(TAG_END);
      }
    }
    return service(peer, name).then(name).then(all.toString());
  }

  /** In the index by kind. */
  public static Key kind(String peer, String kind) {
    return Key.ofPeer(peer).then(kind);
  }

  public static Key check(String peer, String node, String checkId) {
    return node(peer, node).thenFolded(checkId);
  }

  /** In the index by state. */
  public static Key checkState(String peer, String state) {
    return Key.ofPeer(peer).then(state);
  }

  public static Key configEntry(String kind, String name) {
    return Key.of(kind).thenFolded(name);
  }

  /** In the index of entries by the services that they lead to, and of routes by their gateways. */
  public static Key link(String service) {
    return Key.EMPTY.thenFolded(service);
  }

  /** In the index of gateways by the services that they name. */
  static Key gatewayLink(String kind, String service) {
    return Key.of(kind).thenFolded(service);
  }

  /** In the index of intentions by their sources, which differ by case, too. */
  public static Key source(String peer, String service) {
    return Key.ofPeer(peer).then(service);
  }

  /** In the index of intentions by the ids that some have. */
  public static Key intention(String id) {
    return Key.EMPTY.thenFolded(id);
  }

  public static Key kv(String key) {
    return Key.of(key);
  }

  /** Also of what a session holds. */
  public static Key session(String id) {
    return Key.EMPTY.thenFolded(id);
  }

  /** In the index of sessions by node. */
  static Key sessionNode(String node) {
    return Key.EMPTY.thenFolded(node);
  }

  /** In the index of sessions by what they stand on. */
  static Key sessionCheck(String node, String checkId) {
    return sessionNode(node).thenFolded(checkId);
  }

  public static Key query(String id) {
    return Key.EMPTY.thenFolded(id);
  }

  /** In the index of queries by name, templates apart. */
  static Key queryName(boolean isTemplate, String name) {
    return (isTemplate ? queryTemplates() : Key.of("")).thenFolded(name);
  }

  /** In the same index, of all templates. */
  static Key queryTemplates() {
    return Key.of("template");
  }

  /** Of checks that follow the sessions of a name, which is told by its case. */
  static Key sessionName(String peer, String node, String name) {
    return node(peer, node).then(name);
  }

  public static Key coordinate(String node, String segment) {
    return Key.EMPTY.thenFolded(node).then(segment);
  }

  /** Of all segments of a node. */
  static Key coordinates(String node) {
    return Key.EMPTY.thenFolded(node);
  }

  /** By age. */
  public static Key created(long index) {
    return Key.EMPTY.then(index);
  }

  /** In the index by name, and of trust bundles. */
  public static Key peer(String name) {
    return Key.EMPTY.thenFolded(name);
  }

  public static Key peering(String id) {
    return Key.EMPTY.thenFolded(id);
  }

  /** The row must not give away the secret, and its key is printed here and there. */
  public static Key secret(String secret) {
    return Key.of(HexFormat.of().formatHex(digest(secret)));
  }

  /** SHA-256 of a secret. */
  static byte[] digest(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Of tokens, policies, roles and binding rules by their id; in the indexes by one of those. */
  public static Key acl(String id) {
    return Key.EMPTY.thenFolded(id);
  }

  /** In the indexes by name, and of auth methods. */
  public static Key aclName(String name) {
    return Key.EMPTY.thenFolded(name);
  }

  /** In the index by the time of expiry. */
  public static Key expiry(long millis) {
    return Key.EMPTY.then(millis);
  }

  public static Key systemRecord(String key) {
    return Key.of(key);
  }

  /** Of a free address, in the order of addresses. */
  public static Key offset(long offset) {
    return Key.EMPTY.then(offset);
  }

  public static Key client(long id) {
    return Key.EMPTY.then(id);
  }

  public static Key clientResult(long client, long sequence) {
    return client(client).then(sequence);
  }

  /** Of a part of the restore under way. */
  public static Key restoreChunk(int number) {
    return Key.EMPTY.then(number);
  }

  /** Of a part of an import under way. */
  public static Key importPart(String peer, int number) {
    return Key.ofPeer(peer).then(number);
  }

  /** Where to go on behind all keys that begin with this one. */
  static Key behind(Key prefix) {
    return prefix.thenPrefix(LAST);
  }
}
