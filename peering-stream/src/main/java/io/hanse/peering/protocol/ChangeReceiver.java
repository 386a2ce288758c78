package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.view.Keys;
import io.hanse.peering.proto.ChangeRefusal;
import io.hanse.peering.proto.ChangeSet;
import io.hanse.peering.proto.Changes;
import io.hanse.peering.proto.Held;
import io.hanse.peering.proto.HeldGroup;
import io.hanse.peering.proto.HeldNames;
import io.hanse.peering.proto.HeldService;
import io.hanse.peering.proto.Receipt;
import io.hanse.peering.protocol.Packing.MalformedChanges;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The importing end of a stream between two Hanses: says what it holds, has changes stored and
 * confirms each message.
 */
final class ChangeReceiver {
  private static final int IN_WORK_MAX = 16;
  private static final long IN_WORK_BYTES_MAX = 16L << 20;

  /**
   * What the names of a peer's services may take: no instance, and so no quota, stands behind one
   * that has none. 380,000 names of 24 letters fit.
   */
  static final long NAMES_BYTES_MAX = 32L << 20;

  /** What a name takes besides its letters. */
  static final int NAME_BYTES = 64;

  /** The mark of a content, and the group of its name, which costs a hash. */
  private record Stored(String name, int group, ByteString mark) {
    static Stored of(String name, ByteString mark) {
      return new Stored(name, Content.groupOf(name), mark);
    }
  }

  private final StatusRecorder status;
  private final int bytesMax;

  /** By folded name: names that differ by case are one in what is stored. */
  private final TreeMap<String, Stored> held = new TreeMap<>();

  private final Map<Long, ChangeSet> inWork = new LinkedHashMap<>();
  private long inWorkBytes;
  private long namesBytes;

  /**
   * Holds nothing yet.
   *
   * @param bytesMax of one message, as it is before it is made small
   */
  ChangeReceiver(StatusRecorder status, int bytesMax) {
    this.status = status;
    this.bytesMax = bytesMax;
  }

  boolean hasRoom() {
    return inWork.size() < IN_WORK_MAX && inWorkBytes < IN_WORK_BYTES_MAX;
  }

  int size() {
    return inWork.values().stream().mapToInt(ChangeSet::getChangesCount).sum();
  }

  /** Takes what is held, and answers how it is told. */
  Held holding(SortedMap<String, ByteString> marks) {
    held.clear();
    marks.forEach((name, mark) -> held.put(Keys.fold(name), Stored.of(name, mark)));
    namesBytes = held.keySet().stream().mapToLong(ChangeReceiver::bytesOf).sum();
    status.importedAre(names());
    Map<Integer, SortedMap<String, ByteString>> groups = new TreeMap<>();
    for (Stored stored : held.values()) {
      groups.computeIfAbsent(stored.group, g -> new TreeMap<>()).put(stored.name, stored.mark);
    }
    Held.Builder told = Held.newBuilder();
    groups.forEach(
        (number, members) ->
            told.addGroups(
                HeldGroup.newBuilder().setGroup(number).setDigest(Content.digestOf(members))));
    return told.build();
  }

  HeldNames namesOf(int group) {
    HeldNames.Builder names = HeldNames.newBuilder().setGroup(group);
    for (Stored stored : held.values()) {
      if (stored.group == group) {
        names.addServices(HeldService.newBuilder().setName(stored.name).setMark(stored.mark));
      }
    }
    return names.build();
  }

  private static long bytesOf(String name) {
    return (long) name.length() + NAME_BYTES;
  }

  /** Takes a message; answers what is to be stored, and what of it is one name too many. */
  Effect.ImportChanges receive(Changes changes) throws MalformedChanges {
    if (inWork.containsKey(changes.getNumber())) {
      throw new MalformedChanges("changes under a number that is in work");
    }
    ChangeSet set = Packing.unpack(changes, bytesMax);
    inWork.put(changes.getNumber(), set);
    inWorkBytes += set.getSerializedSize();
    return new Effect.ImportChanges(
        changes.getNumber(), set.getChangesList(), refusals(set.getChangesList()));
  }

  private Map<Integer, String> refusals(List<ImportChange> changes) {
    Map<Integer, String> refusals = new TreeMap<>();
    Set<String> others = new TreeSet<>();
    long bytes = namesBytes;
    for (int i = 0; i < changes.size(); i++) {
      String name = Keys.fold(changes.get(i).getService());
      if (changes.get(i).getGone() || held.containsKey(name) || others.contains(name)) {
        continue;
      }
      if (bytes + bytesOf(name) > NAMES_BYTES_MAX) {
        refusals.put(
            i,
            "the names of the services of a peer take more than %d bytes, %d of each counted besides its letters"
                .formatted(NAMES_BYTES_MAX, NAME_BYTES));
      } else {
        bytes += bytesOf(name);
        others.add(name);
      }
    }
    return refusals;
  }

  /** Takes what became of a message, and answers how it is confirmed. */
  Receipt stored(long nowMillis, Input.ChangesStored stored) {
    Receipt.Builder receipt =
        Receipt.newBuilder()
            .setNumber(stored.number())
            .setIndex(stored.index())
            .addAllMisfits(new TreeSet<>(stored.misfits()));
    ChangeSet set = inWork.remove(stored.number());
    if (set == null) {
      return receipt.build();
    }
    inWorkBytes -= set.getSerializedSize();
    boolean isOther = false;
    for (int i = 0; i < set.getChangesCount(); i++) {
      ImportChange change = set.getChanges(i);
      String refusal = stored.refusals().get(i);
      if (refusal != null) {
        String reason = PeerTexts.cut(refusal);
        receipt.addRefusals(ChangeRefusal.newBuilder().setPosition(i).setReason(reason));
        status.notStored(nowMillis, PeerTexts.cut(change.getService()), reason);
      } else if (!stored.misfits().contains(i)) {
        isOther |= take(change);
        status.changeStored(nowMillis, change.getService());
      }
    }
    if (isOther) {
      status.importedAre(names());
    }
    return receipt.build();
  }

  /** Whether the names that are held are others by it. */
  private boolean take(ImportChange change) {
    String name = change.getService();
    String folded = Keys.fold(name);
    if (change.getGone()) {
      boolean wasHeld = held.remove(folded) != null;
      namesBytes -= wasHeld ? bytesOf(folded) : 0;
      return wasHeld;
    }
    Stored before = held.put(folded, Stored.of(name, change.getMark()));
    namesBytes += before == null ? bytesOf(folded) : 0;
    return before == null || !before.name.equals(name);
  }

  private List<String> names() {
    return held.values().stream().map(Stored::name).toList();
  }
}
