package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.InstanceName;
import io.hanse.fsm.view.Keys;
import io.hanse.peering.proto.ExportedService;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SortedMap;

/**
 * What a service's content was, without the content: a mark of all of it and of each instance, by
 * which a later content can be told from it, and the difference made.
 */
public final class Content {
  /** Into how many groups names are divided, for two ends to compare what they have. */
  static final int GROUPS = 64;

  private static final int MARK_BYTES = 16;

  private final ByteString mark;

  /** Of the instances, sorted; of each two numbers of {@link #hashes}. */
  private final String[] keys;

  private final long[] hashes;

  private Content(ByteString mark, String[] keys, long[] hashes) {
    this.mark = mark;
    this.keys = keys;
    this.hashes = hashes;
  }

  /**
   * Whatever order the instances have.
   *
   * @param versions of the instances: what was changed and changed back has other marks than before
   */
  static Content of(ExportedService service, long[] versions) {
    MessageDigest digest = Deterministic.sha256();
    record Instance(String key, byte[] hash) {}
    Instance[] instances = new Instance[service.getNodesCount()];
    for (int i = 0; i < instances.length; i++) {
      CheckServiceNode instance = service.getNodes(i);
      digest.update(Deterministic.bytes(instance));
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, versions[i]));
      instances[i] = new Instance(keyOf(instance), digest.digest());
    }
    Arrays.sort(instances, Comparator.comparing(Instance::key));
    String[] keys = new String[instances.length];
    long[] hashes = new long[2 * instances.length];
    for (int i = 0; i < instances.length; i++) {
      ByteBuffer hash = ByteBuffer.wrap(instances[i].hash());
      keys[i] = instances[i].key();
      hashes[2 * i] = hash.getLong();
      hashes[2 * i + 1] = hash.getLong();
      digest.update(instances[i].hash(), 0, MARK_BYTES);
    }
    // The hash of an instance holds its names as well.
    return new Content(ByteString.copyFrom(digest.digest(), 0, MARK_BYTES), keys, hashes);
  }

  /** Names that differ by case are one to whoever stores them. */
  private static String keyOf(CheckServiceNode instance) {
    String node = Keys.fold(instance.getNode().getNode());
    return node + '\0' + Keys.fold(instance.getService().getId());
  }

  ByteString mark() {
    return mark;
  }

  /**
   * What makes this content of the earlier one, with all marks; the whole one where that is less.
   */
  ImportChange.Builder since(Content earlier, ExportedService service) {
    ImportChange.Builder change = ImportChange.newBuilder().setMark(mark).setBase(earlier.mark);
    for (CheckServiceNode instance : service.getNodesList()) {
      String key = keyOf(instance);
      if (!hasSame(earlier, key)) {
        change.addInstances(instance);
      }
    }
    if (change.getInstancesCount() == service.getNodesCount()) {
      return whole(service);
    }
    for (String key : earlier.keys) {
      if (Arrays.binarySearch(keys, key) < 0) {
        int end = key.indexOf('\0');
        change.addRemoved(
            InstanceName.newBuilder()
                .setNode(key.substring(0, end))
                .setServiceId(key.substring(end + 1)));
      }
    }
    return change;
  }

  private boolean hasSame(Content earlier, String key) {
    int there = Arrays.binarySearch(earlier.keys, key);
    int here = Arrays.binarySearch(keys, key);
    return there >= 0
        && earlier.hashes[2 * there] == hashes[2 * here]
        && earlier.hashes[2 * there + 1] == hashes[2 * here + 1];
  }

  ImportChange.Builder whole(ExportedService service) {
    return ImportChange.newBuilder().setMark(mark).addAllInstances(service.getNodesList());
  }

  static boolean isGroup(int number) {
    return number >= 0 && number < GROUPS;
  }

  /** The group of a name. */
  static int groupOf(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return Deterministic.sha256(utf8).byteAt(0) & (GROUPS - 1);
  }

  /** Of all names of a group with their marks. */
  static ByteString digestOf(SortedMap<String, ByteString> marks) {
    MessageDigest digest = Deterministic.sha256();
    marks.forEach(
        (name, mark) -> {
          byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
          digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, utf8.length));
          digest.update(utf8);
          digest.update(mark.toByteArray());
        });
    return ByteString.copyFrom(digest.digest(), 0, MARK_BYTES);
  }
}
