package io.hanse.peering.replication;

import com.google.protobuf.Message;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.ExportResolver.Exports;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what one peer is to know, and says it again as it changes. Each resource is a question of
 * its own to the state: a change costs what hangs on it, not the size of the catalog. Used on its
 * loop only.
 */
final class ExportFeed {
  private static final Logger LOG = LoggerFactory.getLogger(ExportFeed.class);

  /** Where resources go. */
  interface Sink {
    void offered(ResourceType type, String id, Message payload);

    void withdrawn(ResourceType type, String id);
  }

  private final Loop loop;
  private final StateReader state;
  private final String peer;
  private final List<StandingExport> standing;
  private final Sink sink;
  private final List<WatchedQuery<?>> always = new ArrayList<>();
  private final Map<String, WatchedQuery<?>> services = new TreeMap<>();
  private final Map<String, WatchedQuery<?>> twins = new TreeMap<>();

  /**
   * A feed for one stream.
   *
   * @param peer this cluster's own name for the other one
   * @param standing what is sent besides services
   */
  ExportFeed(Loop loop, StateReader state, String peer, List<StandingExport> standing, Sink sink) {
    this.loop = loop;
    this.state = state;
    this.peer = peer;
    this.standing = List.copyOf(standing);
    this.sink = sink;
  }

  void start() {
    always.add(watch(view -> new ExportResolver(view).forPeer(peer), this::exportsAre));
    for (StandingExport export : standing) {
      always.add(
          watch(
              export.question(),
              content ->
                  content.ifPresent(message -> sink.offered(export.type(), export.id(), message))));
    }
  }

  private <T> WatchedQuery<T> watch(Function<View, T> question, Consumer<T> answer) {
    return WatchedQuery.start(loop, state, question, answer);
  }

  private void exportsAre(Exports exports) {
    sink.offered(
        PeerResources.SERVICE_LIST,
        PeerResources.SERVICE_LIST_ID,
        ExportedServiceList.newBuilder().addAllServices(exports.services()).build());
    dropAllBut(exports.services(), services)
        .forEach(name -> sink.withdrawn(PeerResources.SERVICE, name));
    dropAllBut(exports.meshServices().keySet(), twins)
        .forEach(name -> twinIsGone(name, exports.services().contains(name)));
    for (String name : exports.services()) {
      services.computeIfAbsent(name, this::watchService);
    }
    for (String name : exports.meshServices().keySet()) {
      twins.computeIfAbsent(name, this::watchTwin);
    }
  }

  private WatchedQuery<?> watchService(String name) {
    return watch(
        view -> payload(resolver(view).instances(name)),
        payload -> {
          if (services.containsKey(name)) {
            sink.offered(PeerResources.SERVICE, name, payload);
          }
        });
  }

  private WatchedQuery<?> watchTwin(String name) {
    return watch(
        view -> payload(resolver(view).meshInstances(name, peer)),
        payload -> {
          if (twins.containsKey(name)) {
            sink.offered(PeerResources.SERVICE, twinOf(name), payload);
          }
        });
  }

  /**
   * The list speaks of plain names only: a twin whose name stays in it must be emptied, or it would
   * live on at the peer.
   */
  private void twinIsGone(String name, boolean nameIsListed) {
    if (nameIsListed) {
      sink.offered(PeerResources.SERVICE, twinOf(name), ExportedService.getDefaultInstance());
    } else {
      sink.withdrawn(PeerResources.SERVICE, twinOf(name));
    }
  }

  private List<String> dropAllBut(Set<String> names, Map<String, WatchedQuery<?>> watched) {
    List<String> dropped = new ArrayList<>();
    Iterator<Map.Entry<String, WatchedQuery<?>>> entries = watched.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, WatchedQuery<?>> entry = entries.next();
      if (!names.contains(entry.getKey())) {
        entry.getValue().close();
        entries.remove();
        dropped.add(entry.getKey());
      }
    }
    return dropped;
  }

  private static String twinOf(String name) {
    return name + PeerResources.TWIN_SUFFIX;
  }

  private static ExportResolver resolver(View view) {
    return new ExportResolver(view, reason -> LOG.warn("instance withheld cause={}", reason));
  }

  private static ExportedService payload(List<CheckServiceNode> instances) {
    return ExportedService.newBuilder().addAllNodes(instances).build();
  }

  void close() {
    always.forEach(WatchedQuery::close);
    services.values().forEach(WatchedQuery::close);
    twins.values().forEach(WatchedQuery::close);
    always.clear();
    services.clear();
    twins.clear();
  }
}
