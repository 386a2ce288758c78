package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.view.Keys;
import io.hanse.peering.proto.ChangeRefusal;
import io.hanse.peering.proto.HeldNames;
import io.hanse.peering.proto.Receipt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The exporting end of a stream between two Hanses: sends what differs from what the importer
 * holds, one change of a service at a time. Keeps marks of contents, no contents; these are asked
 * for when there is room for them.
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

    /** Nothing has to be sent of a service: no refusal of it counts any more. */
    void settled(String name);

    /** The importer has the newest content, or has forgotten the service. */
    void confirmed(String name, long exporterIndex, long importerIndex, boolean gone);
  }

  /** What is known of one name. */
  private static final class Exported {
    final String name;
    final int group;
    boolean isExported;

    /** What the importer has; null: something else, or nothing. */
    @Nullable Content held;

    /** Whether the importer has something of it, as far as is known. */
    boolean isHeld;

    boolean inFlight;

    /** The offer since which the content is to be looked at anew once the answer is there; or 0. */
    long againSince;

    /** Of the content that the importer refused. */
    ByteString refused = ByteString.EMPTY;

    Exported(String name, int group) {
      this.name = name;
      this.group = group;
    }
  }

  private final ChangeQueue<Exported> queue;
  private final Sink sink;
  private final int changeBytesMax;
  private final HeldComparison comparison;
  private final MisfitDelays delays = new MisfitDelays();
  private final Map<String, Exported> names = new TreeMap<>();

  /** Of which the importer may not have the newest content, with the first offer that it lacks. */
  private final Map<String, Long> lacking = new TreeMap<>();

  /** Too large as they are now. */
  private final SortedSet<String> unsent = new TreeSet<>();

  private Set<String> foldedNames = Set.of();
  private long offers;
  private long nowMillis;

  ChangeSender(Sink sink, int changeBytesMax) {
    this.sink = sink;
    this.changeBytesMax = changeBytesMax;
    queue = new ChangeQueue<>();
    comparison = new HeldComparison(new Compared());
  }

  /** Whether contents may be given. */
  boolean hasRoom() {
    return comparison.isBegun() && queue.hasRoom();
  }

  ChangeQueue<?> queue() {
    return queue;
  }

  /** Whether it is known of all that is exported what the importer has of it. */
  boolean isCompared() {
    return comparison.isOver();
  }

  /** How many contents were offered so far. */
  long offers() {
    return offers;
  }

  /** Whether the importer has, or refused, all of the first offers, or something newer. */
  boolean isDeliveredUpTo(long offer) {
    return lacking.values().stream().noneMatch(since -> since <= offer);
  }

  /** Of which the importer has what they were before they became too large, or nothing. */
  SortedSet<String> unsent() {
    return Collections.unmodifiableSortedSet(unsent);
  }

  /** Says which names are exported from now on; the content of a new one comes by itself. */
  void namesAre(SortedSet<String> exported) {
    foldedNames = folded(exported);
    for (Exported known : new ArrayList<>(names.values())) {
      if (known.isExported && !exported.contains(known.name)) {
        known.isExported = false;
        leave(known);
      }
    }
    for (String name : exported) {
      known(name).isExported = true;
    }
    comparison.namesAre(exported);
  }

  /** Mostly names are written as they are in keys: then without a copy. */
  private static Set<String> folded(SortedSet<String> names) {
    if (names.stream().allMatch(name -> Keys.fold(name).equals(name))) {
      return names;
    }
    Set<String> folded = new TreeSet<>();
    names.forEach(name -> folded.add(Keys.fold(name)));
    return folded;
  }

  private Exported known(String name) {
    return names.computeIfAbsent(name, added -> new Exported(added, Content.groupOf(added)));
  }

  /** A name that is exported no more: the importer is told, unless it knows nothing of it. */
  private void leave(Exported gone) {
    if (!comparison.isOver(gone.group)) {
      // What the importer holds of it will be known.
      names.remove(gone.name);
      return;
    }
    if (gone.inFlight) {
      lookAgain(gone);
      return;
    }
    if (delays.isWaiting(gone.name)) {
      return;
    }
    queue.drop(gone.name);
    // Two names that differ by case are one to the importer.
    boolean isThereStill = foldedNames.contains(Keys.fold(gone.name));
    // One that refused it forgets the refusal.
    boolean isKnown = gone.isHeld || !gone.refused.isEmpty();
    if (isKnown && !isThereStill) {
      ImportChange change = ImportChange.newBuilder().setService(gone.name).setGone(true).build();
      put(gone, change, null);
    } else {
      lacking.remove(gone.name);
      delays.forget(gone.name);
      names.remove(gone.name);
      unsent.remove(gone.name);
      sink.settled(gone.name);
    }
  }

  /** What the importer holds. Said once. */
  void heldIs(Map<Integer, ByteString> digests) {
    if (!comparison.isBegun()) {
      sink.askInOrder(comparison.heldIs(digests));
      comparison.checkAll();
    }
  }

  /** Contents that were not offered yet will not be soon. */
  void goOnWithout() {
    comparison.goOnWithout();
  }

  /** The importer said what it holds of a group. */
  void heldNamesAre(HeldNames held) {
    comparison.heldNamesAre(held);
  }

  /** From now on changes of a group flow. */
  private final class Compared implements HeldComparison.Sink {
    @Override
    public void askHeld(int group) {
      sink.askHeld(group);
    }

    @Override
    public void compared(
        int group,
        Map<String, ByteString> held,
        Map<String, Content> contents,
        Set<String> exported) {
      Set<String> all = new TreeSet<>(exported);
      all.addAll(held.keySet());
      for (String name : all) {
        Exported member = known(name);
        ByteString mark = held.get(name);
        Content content = contents.get(name);
        member.isHeld = mark != null;
        if (!member.isExported) {
          leave(member);
        } else if (content != null && content.mark().equals(mark)) {
          member.held = content;
          sink.confirmed(name, 0, 0, false);
        } else {
          lacking.put(name, offers);
          sink.ask(name);
        }
      }
    }
  }

  /** The content of a service as it is now. */
  void offer(ServiceContent content) {
    offer(content.name(), content::marks, exported -> send(exported, content));
  }

  /** The content of a service has these marks, and is not at hand. */
  void offerUnchanged(String name, Content marks) {
    offer(
        name,
        () -> marks,
        exported -> {
          // It can't be sent by its marks.
          lacking.putIfAbsent(name, offers);
          sink.ask(name);
        });
  }

  /**
   * Looks at a content.
   *
   * @param marks made only where they are needed
   * @param whenNews what to do where the importer has something else
   */
  private void offer(String name, Supplier<Content> marks, Consumer<Exported> whenNews) {
    Exported exported = names.get(name);
    if (exported == null || !exported.isExported) {
      return;
    }
    offers++;
    if (exported.inFlight) {
      lookAgain(exported);
    } else if (delays.isWaiting(name)) {
      // It will be asked for.
      lacking.putIfAbsent(name, offers);
    } else if (!comparison.isOver(exported.group)) {
      comparison.offered(exported.group, name, marks.get());
    } else if (isThere(exported, marks.get())) {
      drop(exported);
      // What it was in between counts no more, and may be tried again.
      exported.refused = ByteString.EMPTY;
      sink.settled(name);
    } else if (marks.get().mark().equals(exported.refused)) {
      drop(exported);
    } else {
      whenNews.accept(exported);
    }
  }

  private static boolean isThere(Exported exported, Content marks) {
    Content held = exported.held;
    return held != null && held.mark().equals(marks.mark());
  }

  private void lookAgain(Exported exported) {
    exported.againSince = exported.againSince == 0 ? Math.max(1, offers) : exported.againSince;
  }

  private void put(Exported exported, ImportChange change, @Nullable Content content) {
    unsent.remove(exported.name);
    // An earlier content that waits is given up for this one, and the importer lacks it still.
    lacking.putIfAbsent(exported.name, offers);
    queue.put(exported.name, exported, change, content);
  }

  private void drop(Exported exported) {
    unsent.remove(exported.name);
    lacking.remove(exported.name);
    queue.drop(exported.name);
  }

  /** By differences nothing comes to be there that could not be sent again as a whole. */
  private void send(Exported exported, ServiceContent content) {
    if (content.bytes() > changeBytesMax) {
      drop(exported);
      unsent.add(exported.name);
      sink.tooLarge(exported.name, content.bytes());
      return;
    }
    ImportChange change = content.since(exported.held);
    boolean isMore = change.getSerializedSize() > changeBytesMax;
    put(exported, isMore ? content.since(null) : change, content.marks());
  }

  /** What goes into the next message; none: nothing is to be sent, or enough is on its way. */
  List<ImportChange> next(long number, long now) {
    nowMillis = now;
    for (String due : delays.due(now)) {
      goOn(known(due), true);
    }
    List<ImportChange> changes = new ArrayList<>();
    for (ChangeQueue.Item<Exported> item : queue.take(number, now)) {
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
        delays.misfit(exported.name, nowMillis);
        goOn(exported, true);
        continue;
      }
      delays.forget(exported.name);
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
    } else if (looksAgain && !delays.isWaiting(exported.name)) {
      sink.ask(exported.name);
    }
  }
}
