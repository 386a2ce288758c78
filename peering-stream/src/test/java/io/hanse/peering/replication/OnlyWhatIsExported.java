package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.InstanceName;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.ExportedInstance;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.proto.HeldService;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a cluster may tell each of its peers: of a service, what it had of it while it exported it
 * to that very peer; and soon after the end of that, nothing. Whatever is sent is held against it.
 */
final class OnlyWhatIsExported {
  /** On its way to the stream when it was taken out of the exports. */
  private static final long LATE_MILLIS_MAX = 2_000;

  /** What one peer may be told. */
  private static final class Shown {
    /** By name: each instance by its key, at some time. */
    final Map<String, Set<Map<String, CheckServiceNode>>> contents = new TreeMap<>();

    final Set<String> exported = new TreeSet<>();
    final Map<String, Long> endedMillis = new TreeMap<>();

    /** What differences are made to. */
    final Map<ByteString, Map<String, CheckServiceNode>> sent = new HashMap<>();

    boolean isExported(String name, long nowMillis) {
      return exported.contains(name)
          || nowMillis - endedMillis.getOrDefault(name, 0L) <= LATE_MILLIS_MAX;
    }
  }

  private final Map<String, Shown> byPeer = new TreeMap<>();

  /** The names of peers by the id that a stream's first message names, at either end. */
  private final Map<String, String> accepted = new TreeMap<>();

  private final Map<String, String> dialed = new TreeMap<>();

  private final Map<String, Node> nodes = new TreeMap<>();
  private final Map<String, String> owners = new TreeMap<>();

  /** To be called after each change of the cluster. */
  void changed(View view, Command command, long nowMillis) {
    Optional<Set<String>> services = services(command);
    Peerings peerings = new Peerings(view);
    for (Peering peering : peerings.all()) {
      byPeer.computeIfAbsent(peering.getName(), peer -> new Shown());
      Map<String, String> names = Peerings.dials(peering) ? dialed : accepted;
      names.put(Peerings.dials(peering) ? peering.getPeerId() : peering.getId(), peering.getName());
    }
    ExportResolver resolver = new ExportResolver(view);
    byPeer.forEach(
        (peer, shown) -> {
          ExportResolver.Exports exports =
              peerings.byName(peer).isPresent()
                  ? resolver.forPeer(peer)
                  : ExportResolver.Exports.NONE;
          Set<String> now = new TreeSet<>(exports.services());
          exports.meshServices().keySet().forEach(name -> now.add(ExportedName.twinOf(name)));
          for (String name : exports.services()) {
            if (isToBeRead(name, shown, services)) {
              add(shown, name, resolver.instances(name));
            }
          }
          for (String name : exports.meshServices().keySet()) {
            String twin = ExportedName.twinOf(name);
            if (isToBeRead(twin, shown, services)) {
              add(shown, twin, resolver.meshInstances(name, peer));
            }
          }
          shown.exported.removeAll(now);
          shown.exported.forEach(name -> shown.endedMillis.put(name, nowMillis));
          shown.exported.clear();
          shown.exported.addAll(now);
        });
  }

  private static boolean isToBeRead(String name, Shown shown, Optional<Set<String>> services) {
    return !shown.exported.contains(name) || services.map(all -> all.contains(name)).orElse(true);
  }

  private static void add(Shown shown, String name, List<ExportedInstance> instances) {
    shown
        .contents
        .computeIfAbsent(name, key -> new HashSet<>())
        .add(byKey(instances.stream().map(ExportedInstance::row).toList()));
  }

  /** Whose contents may be others by a command; empty: those of all. */
  private Optional<Set<String>> services(Command command) {
    if (!command.hasRegister()) {
      return Optional.empty();
    }
    Node node = command.getRegister().getNode();
    NodeService service = command.getRegister().getService();
    Node before = nodes.put(Keys.fold(node.getNode()), node);
    String owner = owners.put(keyOf(node.getNode(), service.getId()), service.getService());
    return node.equals(before) && service.getKind().isEmpty() && owner != null
        ? Optional.of(new TreeSet<>(List.of(service.getService(), owner)))
        : Optional.empty();
  }

  private static Map<String, CheckServiceNode> byKey(List<CheckServiceNode> instances) {
    Map<String, CheckServiceNode> content = new TreeMap<>();
    for (CheckServiceNode instance : instances) {
      content.put(keyOf(instance.getNode().getNode(), instance.getService().getId()), instance);
    }
    return content;
  }

  private static String keyOf(String node, String id) {
    return Keys.fold(node) + '\0' + Keys.fold(id);
  }

  /**
   * Holds a message that is about to leave against what its receiver may know.
   *
   * @param peerId what the stream's first message named
   */
  void check(ReplicationMessage message, boolean isDialer, String peerId, long nowMillis) {
    List<ImportChange> changes =
        message.hasExtended()
            ? SimInvariants.changesIn(message.getExtended().getChanges()).getChangesList()
            : List.of();
    Set<String> unsent = new TreeSet<>(message.getExtended().getCurrent().getUnsentList());
    unsent.addAll(message.getExtended().getAsOf().getUnsentList());
    if (changes.isEmpty() && unsent.isEmpty() && !message.hasResponse()) {
      return;
    }
    String peer = (isDialer ? dialed : accepted).get(peerId);
    assertThat(peer).as("whom a stream of peering \"%s\" leads to", peerId).isNotNull();
    Shown shown = byPeer.get(peer);
    changes.forEach(change -> check(change, peer, shown, nowMillis));
    assertThat(unsent).as("unsent to %s", peer).allMatch(name -> shown.isExported(name, nowMillis));
    if (message.hasResponse()) {
      check(message.getResponse(), peer, shown, nowMillis);
    }
  }

  /** An importer tells what it holds of this cluster, to this cluster, and nothing of another. */
  void checkHeld(ReplicationMessage message, boolean isDialer, String peerId) {
    if (message.getExtended().hasHeldNames()) {
      String peer = (isDialer ? dialed : accepted).get(peerId);
      assertThat(peer).isNotNull();
      for (HeldService held : message.getExtended().getHeldNames().getServicesList()) {
        assertThat(byPeer.get(peer).contents).containsKey(held.getName());
      }
    }
  }

  private static void check(
      ReplicationMessage.Response response, String peer, Shown shown, long nowMillis) {
    try {
      if (response.getResource().is(ExportedServiceList.class)) {
        assertThat(response.getResource().unpack(ExportedServiceList.class).getServicesList())
            .as("names told to %s", peer)
            .allMatch(name -> shown.isExported(name, nowMillis));
      } else if (response.getResource().is(ExportedService.class)) {
        ExportedService service = response.getResource().unpack(ExportedService.class);
        if (service.getNodesCount() > 0) {
          String name = response.getResourceId();
          check(name, byKey(service.getNodesList()), peer, shown, nowMillis);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static void check(ImportChange change, String peer, Shown shown, long nowMillis) {
    String name = change.getService();
    if (change.getGone()) {
      assertThat(shown.contents).as("what %s ever heard of", peer).containsKey(name);
      return;
    }
    Map<String, CheckServiceNode> content = new TreeMap<>();
    if (!change.getBase().isEmpty()) {
      assertThat(shown.sent).as("contents of %s at %s", name, peer).containsKey(change.getBase());
      content.putAll(shown.sent.get(change.getBase()));
    }
    for (InstanceName gone : change.getRemovedList()) {
      content.remove(keyOf(gone.getNode(), gone.getServiceId()));
    }
    content.putAll(byKey(change.getInstancesList()));
    shown.sent.put(change.getMark(), content);
    if (!content.isEmpty()) {
      check(name, content, peer, shown, nowMillis);
    }
  }

  private static void check(
      String name,
      Map<String, CheckServiceNode> content,
      String peer,
      Shown shown,
      long nowMillis) {
    assertThat(shown.isExported(name, nowMillis))
        .as("%s is, or just was, exported to %s", name, peer)
        .isTrue();
    assertThat(shown.contents.getOrDefault(name, Set.of()))
        .as("contents of %s while it was exported to %s", name, peer)
        .contains(content);
  }
}
