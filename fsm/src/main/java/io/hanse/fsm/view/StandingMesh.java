package io.hanse.fsm.view;

import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceInstance;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.View;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which services of this cluster have sidecars, and which peers may see each, for those who ask
 * again after each change. That a change of instances brings and takes no name is found out by what
 * changed, however many services there are. Used by one thread at a time.
 */
public final class StandingMesh {
  private static final Key OWN = Key.ofPeer("");

  /**
   * An answer.
   *
   * @param services the names that sidecars stand for
   * @param consumers exported names, in the mesh or not, with the peers that may see each
   */
  public record Mesh(SortedSet<String> services, SortedMap<String, SortedSet<String>> consumers) {
    public Mesh {
      services = Collections.unmodifiableSortedSet(services);
      consumers = Collections.unmodifiableSortedMap(consumers);
    }
  }

  /** An answer, and what it was made of; names by how they are folded. */
  private record Known(
      Mesh mesh,
      Map<String, SortedSet<String>> reached,
      Map<String, String> typical,
      ReadSet reads,
      long index) {}

  private @Nullable Known known;

  /**
   * How it is at a view through which nothing else was read.
   *
   * @return the same object as before as long as nothing of it is another
   */
  public Mesh at(View view) {
    Known before = known;
    if (before != null && isSame(before, view)) {
      view.readAgain(before.reads);
      known =
          new Known(before.mesh, before.reached, before.typical, before.reads, view.readIndex());
      return before.mesh;
    }
    Known now = anew(view);
    known = now;
    return now.mesh;
  }

  private static Known anew(View view) {
    Map<String, SortedSet<String>> reached = new TreeMap<>();
    SortedSet<String> services = new TreeSet<>();
    for (String name : reachedUnder(view, OWN)) {
      services.add(name);
      reached.computeIfAbsent(Keys.fold(name), folded -> new TreeSet<>()).add(name);
    }
    ExportResolver exports = new ExportResolver(view);
    Map<String, String> typical = new TreeMap<>();
    if (exports.hasWildcard()) {
      for (String name : new Catalog(view).namesOfKind("", ServiceKinds.TYPICAL)) {
        typical.put(Keys.fold(name), name);
      }
    }
    Mesh mesh = new Mesh(services, exports.consumers());
    return new Known(mesh, reached, typical, view.reads(), view.readIndex());
  }

  private static SortedSet<String> reachedUnder(View view, Key prefix) {
    SortedSet<String> names = new TreeSet<>();
    for (ServiceInstance row :
        Tables.SERVICES.listBy(view, TableId.SERVICES_BY_DESTINATION, prefix)) {
      NodeService service = row.getService();
      if (service.getKind().equals(ServiceKinds.CONNECT_PROXY)) {
        names.add(service.getProxy().getDestinationServiceName());
      }
    }
    return names;
  }

  private static boolean isSame(Known before, View view) {
    Catalog catalog = new Catalog(view);
    return ChangedNames.areNone(
        before.reads,
        before.index,
        view,
        folded ->
            catalog
                .nameOfKind("", ServiceKinds.TYPICAL, folded)
                .equals(Optional.ofNullable(before.typical.get(folded))),
        folded ->
            reachedUnder(view, Keys.service("", folded))
                .equals(before.reached.getOrDefault(folded, Collections.emptySortedSet())));
  }
}
