package io.hanse.peering.replication;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.PartingNotes;
import io.hanse.peering.proto.PartingNote;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How peerings were dialed that are deleted since a short while. Who led when they were deleted may
 * lead no more before the other cluster was told: each server remembers, whether it leads or not,
 * so that the next leader can go on. A server that was started since finds notes in the state, of
 * those that somebody deleted; an archive that is restored leaves none of those that it does not
 * have. Used on its loop only.
 */
final class PartedPeerings {
  /**
   * Those that this cluster dials, by id: how, while they are active, and which the other ended.
   */
  private record Found(Map<String, Optional<Dialable>> active, Set<String> terminated) {}

  private record Parted(Dialable dialable, long sinceMillis) {}

  private final Loop loop;
  private final StateReader state;
  private final long millisMax;
  private final Map<String, Parted> parted = new TreeMap<>();
  private Map<String, Optional<Dialable>> active = Map.of();
  private final WatchedQuery<Found> watch;

  /**
   * Begins to remember.
   *
   * @param millisMax for how long after a deletion
   */
  PartedPeerings(Loop loop, StateReader state, long millisMax) {
    this.loop = loop;
    this.state = state;
    this.millisMax = millisMax;
    watch = WatchedQuery.start(loop, state, this::find, this::foundAre);
  }

  private Found find(View view) {
    Peerings peerings = new Peerings(view);
    Found found = new Found(new TreeMap<>(), new TreeSet<>());
    for (Peering peering : peerings.all()) {
      if (!Peerings.dials(peering)) {
        continue;
      }
      if (Peerings.isActive(peering)) {
        found.active().put(peering.getId(), Dialable.of(view, peering));
      } else if (peering.getState() == PeeringState.TERMINATED) {
        found.terminated().add(peering.getId());
      }
    }
    return found;
  }

  private void foundAre(Found found) {
    long now = loop.nowMillis();
    parted.values().removeIf(each -> now - each.sinceMillis() > millisMax);
    active.forEach(
        (id, dialable) -> {
          if (!found.active().containsKey(id)) {
            dialable.ifPresent(last -> parted.put(id, new Parted(last, now)));
          }
        });
    found.active().keySet().forEach(parted::remove);
    // Who ended it need not be told.
    found.terminated().forEach(parted::remove);
    active = found.active();
  }

  /** How each was dialed that was deleted not long ago, by id. */
  Map<String, Dialable> recent() {
    Map<String, Dialable> recent = noted();
    parted.forEach(
        (id, each) -> {
          if (loop.nowMillis() - each.sinceMillis() <= millisMax) {
            recent.put(id, each.dialable());
          }
        });
    return recent;
  }

  private Map<String, Dialable> noted() {
    Map<String, Dialable> noted = new TreeMap<>();
    try (View view = state.view()) {
      Peerings peerings = new Peerings(view);
      PartingNotes.all(view)
          .forEach(
              (id, note) -> {
                // It may be that the deletion never came.
                if (!isOver(note) && peerings.byId(id).filter(Peerings::isActive).isEmpty()) {
                  noted.put(id, Dialable.of(note));
                }
              });
    }
    return noted;
  }

  private boolean isOver(PartingNote note) {
    return loop.nowMillis() - note.getSinceMillis() > millisMax;
  }

  /** What takes away the notes that there was the time for. */
  List<Command> removalOfOld() {
    List<Command> removal = new ArrayList<>();
    try (View view = state.view()) {
      PartingNotes.all(view)
          .forEach(
              (id, note) -> {
                if (isOver(note)) {
                  removal.addAll(PartingNotes.without(view, id));
                }
              });
    }
    return removal;
  }

  /** What takes away the note of a peering, when nobody is to be told any more. */
  List<Command> removal(String peeringId) {
    try (View view = state.view()) {
      return PartingNotes.without(view, peeringId);
    }
  }

  void close() {
    watch.close();
  }
}
