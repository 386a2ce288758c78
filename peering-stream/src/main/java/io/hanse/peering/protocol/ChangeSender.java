package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.view.Keys;
import io.hanse.peering.proto.ChangeRefusal;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.HeldNames;
import io.hanse.peering.proto.HeldService;
import io.hanse.peering.proto.Receipt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The exporting end of a stream between two Hanses: finds out what the importer holds, and sends
 * what differs, one change of a service at a time. Keeps marks of contents, no contents; these are
 * asked for when there is room for them.
 */
final class ChangeSender {
  /** Where changes and questions go. */
  interface Sink {
    /** The content of a service is wanted, as it is now. */
    void ask(String name);

    /** Contents that were not given yet are wanted in this order. */
    void askInOrder(List<String> names);

    /** What the importer holds of a group is wanted. */
    void askHeld(int group);

    /** A service is too large to be sent. */
    void tooLarge(String name, int bytes);

    void refusedByPeer(String name, String reason);

    /** The importer has the newest content, or has forgotten the service. */
    void confirmed(String name, long exporterIndex, long importerIndex, boolean gone);
  }

  private enum Phase {
    /** Contents are compared, as what the importer holds may be what there is. */
    COMPARING,
    /** It is not: the importer was asked for its marks. */
    ASKED,
    FLOWING
  }

  /** One of the groups into which names are divided. */
  private static final class Group {
    final int number;
    Phase phase = Phase.COMPARING;
    ByteString digest = ByteString.EMPTY;
    final Map<String, Exported> members = new TreeMap<>();

    Group(int number) {
      this.number = number;
    }
  }

  /** What is known of one name. */
  private static final class Exported {
    final String name;
    final Group group;
    boolean isExported;

    /** What the importer has; null: something else, or nothing. */
    @Nullable Content held;

    /** What there is, while groups are compared. */
    @Nullable Content compared;

    /** Whether the importer has something of it, as far as is known. */
    boolean isHeld;

    boolean inFlight;

    /** The offer since which the content is to be looked at anew once the answer is there; or 0. */
    long againSince;

    /** Of the content that the importer refused. */
    ByteString refused = ByteString.EMPTY;

    Exported(String name, Group group) {
      this.name = name;
      this.group = group;
    }
  }

  private final ChangeQueue<Exported> queue;
  private final Sink sink;
  private final int changeBytesMax;
  private final Group[] groups = new Group[Content.GROUPS];
  private final Map<String, Exported> names = new TreeMap<>();

  /** Of which the importer may not have the newest content, with the first offer that it lacks. */
  private final Map<String, Long> lacking = new TreeMap<>();

  private Set<String> foldedNames = Set.of();
  private long offers;
  private boolean namesAreKnown;
  private boolean heldIsKnown;

  ChangeSender(Sink sink, int changeBytesMax) {
    this.sink = sink;
    this.changeBytesMax = changeBytesMax;
    queue = new ChangeQueue<>();
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new Group(i);
    }
  }

  /** Whether contents may be given. */
  boolean hasRoom() {
    return heldIsKnown && queue.hasRoom();
  }

  ChangeQueue<?> queue() {
    return queue;
  }

  /** Whether it is known of all that is exported what the importer has of it. */
  boolean isCompared() {
    return namesAreKnown
        && heldIsKnown
        && Arrays.stream(groups).allMatch(group -> group.phase == Phase.FLOWING);
  }

  /** How many contents were offered so far. */
  long offers() {
    return offers;
  }

  /** Whether the importer has, or refused, all of the first offers, or something newer. */
  boolean isDeliveredUpTo(long offer) {
    return lacking.values().stream().noneMatch(since -> since <= offer);
  }

  /** Says which names are exported from now on; the content of a new one comes by itself. */
  void namesAre(SortedSet<String> exported) {
    Set<String> folded = new TreeSet<>();
    exported.forEach(name -> folded.add(Keys.fold(name)));
    foldedNames = folded;
    namesAreKnown = true;
    for (Exported known : new ArrayList<>(names.values())) {
      if (known.isExported && !exported.contains(known.name)) {
        known.isExported = false;
        known.compared = null;
        leave(known);
      }
    }
    for (String name : exported) {
      Exported known = known(name);
      known.isExported = true;
    }
    checkAll();
  }

  private Exported known(String name) {
    return names.computeIfAbsent(
        name,
        added -> {
          Group group = groups[Content.groupOf(added)];
          Exported exported = new Exported(added, group);
          group.members.put(added, exported);
          return exported;
        });
  }

  /** A name that is exported no more: the importer is told, unless it knows nothing of it. */
  private void leave(Exported gone) {
    if (gone.group.phase != Phase.FLOWING) {
      return;
    }
    if (gone.inFlight) {
      lookAgain(gone);
      return;
    }
    queue.drop(gone.name);
    // Two names that differ by case are one to the importer.
    boolean isThereStill = foldedNames.contains(Keys.fold(gone.name));
    if (gone.isHeld && !isThereStill) {
      ImportChange change = ImportChange.newBuilder().setService(gone.name).setGone(true).build();
      put(gone, change, null);
    } else {
      lacking.remove(gone.name);
      names.remove(gone.name);
      gone.group.members.remove(gone.name);
    }
  }

  /** What the importer holds. Said once. */
  void heldIs(Map<Integer, ByteString> digests) {
    if (heldIsKnown) {
      return;
    }
    heldIsKnown = true;
    digests.forEach((number, digest) -> groups[number & (Content.GROUPS - 1)].digest = digest);
    for (Group group : groups) {
      if (group.digest.isEmpty()) {
        group.phase = Phase.FLOWING;
      }
    }
    // One group behind the other: what changed in the first flows while the last is compared.
    List<String> ordered = new ArrayList<>();
    for (Group group : groups) {
      ordered.addAll(group.members.keySet());
    }
    sink.askInOrder(ordered);
    checkAll();
  }

  private void checkAll() {
    for (Group group : groups) {
      check(group);
    }
  }

  private void check(Group group) {
    if (!namesAreKnown || !heldIsKnown || group.phase != Phase.COMPARING) {
      return;
    }
    TreeMap<String, ByteString> marks = new TreeMap<>();
    for (Exported member : group.members.values()) {
      if (member.isExported) {
        if (member.compared == null) {
          return;
        }
        marks.put(member.name, member.compared.mark());
      }
    }
    if (!Content.digestOf(marks).equals(group.digest)) {
      group.phase = Phase.ASKED;
      sink.askHeld(group.number);
      return;
    }
    compareWith(group, marks);
  }

  /** The importer said what it holds of a group. */
  void heldNamesAre(HeldNames held) {
    Group group = groups[held.getGroup() & (Content.GROUPS - 1)];
    if (group.phase != Phase.ASKED) {
      return;
    }
    TreeMap<String, ByteString> marks = new TreeMap<>();
    for (HeldService service : held.getServicesList()) {
      if (Content.groupOf(service.getName()) == (held.getGroup() & (Content.GROUPS - 1))) {
        marks.put(service.getName(), service.getMark());
      }
    }
    compareWith(group, marks);
  }

  private void compareWith(Group group, Map<String, ByteString> held) {
    group.phase = Phase.FLOWING;
    held.keySet().forEach(this::known);
    for (Exported member : new ArrayList<>(group.members.values())) {
      ByteString mark = held.get(member.name);
      Content compared = member.compared;
      member.compared = null;
      member.isHeld = mark != null;
      if (!member.isExported) {
        leave(member);
      } else if (compared != null && compared.mark().equals(mark)) {
        member.held = compared;
        sink.confirmed(member.name, 0, 0, false);
      } else {
        lacking.put(member.name, offers);
        sink.ask(member.name);
      }
    }
  }

  /** The content of a service as it is at an index. */
  void offer(String name, ExportedService service, long index) {
    Exported exported = names.get(name);
    if (exported == null || !exported.isExported) {
      return;
    }
    offers++;
    if (exported.group.phase != Phase.FLOWING) {
      exported.compared = Content.of(service);
      check(exported.group);
    } else if (exported.inFlight) {
      lookAgain(exported);
    } else {
      send(exported, Content.of(service), service, index);
    }
  }

  private void lookAgain(Exported exported) {
    exported.againSince = exported.againSince == 0 ? Math.max(1, offers) : exported.againSince;
  }

  private void put(Exported exported, ImportChange change, @Nullable Content content) {
    // An earlier content that waits is given up for this one, and the importer lacks it still.
    lacking.putIfAbsent(exported.name, offers);
    queue.put(exported.name, exported, change, content);
  }

  private void drop(Exported exported) {
    lacking.remove(exported.name);
    queue.drop(exported.name);
  }

  private void send(Exported exported, Content content, ExportedService service, long index) {
    Content held = exported.held;
    boolean isThere = held != null && held.mark().equals(content.mark());
    if (isThere || content.mark().equals(exported.refused)) {
      drop(exported);
      return;
    }
    ImportChange.Builder change =
        held == null ? content.whole(service) : content.since(held, service);
    ImportChange built = change.setService(exported.name).setExporterIndex(index).build();
    int bytes = built.getSerializedSize();
    if (bytes > changeBytesMax) {
      drop(exported);
      sink.tooLarge(exported.name, bytes);
    } else {
      put(exported, built, content);
    }
  }

  /** What goes into the next message; none: nothing is to be sent, or enough is on its way. */
  List<ImportChange> next(long number, long nowMillis) {
    List<ImportChange> changes = new ArrayList<>();
    for (ChangeQueue.Item<Exported> item : queue.take(number, nowMillis)) {
      item.owner().inFlight = true;
      changes.add(item.change());
    }
    return changes;
  }

  /** What became of the changes of a message. */
  void receive(Receipt receipt) {
    List<ChangeQueue.Item<Exported>> sent = queue.answered(receipt.getNumber());
    Map<Integer, String> refusals = new TreeMap<>();
    for (ChangeRefusal refusal : receipt.getRefusalsList()) {
      refusals.put(refusal.getPosition(), refusal.getReason());
    }
    Set<Integer> misfits = new TreeSet<>(receipt.getMisfitsList());
    for (int i = 0; i < sent.size(); i++) {
      Exported exported = sent.get(i).owner();
      exported.inFlight = false;
      long againSince = exported.againSince;
      exported.againSince = 0;
      if (misfits.contains(i)) {
        exported.held = null;
        exported.isHeld = true;
        goOn(exported, true);
        continue;
      }
      if (refusals.containsKey(i)) {
        exported.refused = sent.get(i).change().getMark();
        sink.refusedByPeer(exported.name, refusals.get(i));
      } else {
        stored(exported, sent.get(i), receipt.getIndex());
      }
      lacking.remove(exported.name);
      if (againSince > 0) {
        lacking.put(exported.name, againSince);
      }
      goOn(exported, againSince > 0);
    }
  }

  private void stored(Exported exported, ChangeQueue.Item<Exported> item, long index) {
    boolean isGone = item.change().getGone();
    exported.held = item.content();
    exported.isHeld = !isGone;
    exported.refused = ByteString.EMPTY;
    sink.confirmed(exported.name, item.change().getExporterIndex(), index, isGone);
  }

  private void goOn(Exported exported, boolean looksAgain) {
    if (!exported.isExported) {
      leave(exported);
    } else if (looksAgain) {
      sink.ask(exported.name);
    }
  }
}
