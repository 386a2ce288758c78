package io.hanse.peering.replication;

import com.google.protobuf.Message;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportLists;
import io.hanse.fsm.view.ExportResolver.Exports;
import io.hanse.fsm.view.StandingExports;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Says what one peer is to know, and says it again as it changes. Each resource is a question of
 * its own to the state: a change costs what hangs on it, not the size of the catalog. Used on its
 * loop only.
 */
final class ExportFeed {
  /** Where resources go. */
  interface Sink extends ServiceFeed.Sink {
    /** All names whose contents are given from now on, twins included. */
    void names(SortedSet<String> names);

    void offered(ResourceType type, String id, Message payload);

    void withdrawn(ResourceType type, String id);

    /** Whether contents of services are wanted. */
    boolean hasRoom();
  }

  private final Loop loop;
  private final StateReader state;
  private final ExportLists lists;
  private final String peer;
  private final List<StandingExport> standing;
  private final Sink sink;
  private final ServiceFeed services;
  private final List<WatchedQuery<?>> always = new ArrayList<>();
  private @Nullable Exports told;

  /**
   * A feed for one stream.
   *
   * @param contents of services, for all peers
   * @param peer this cluster's own name for the other one
   * @param standing what is sent besides services
   * @param kept what the stream before this one offered
   */
  ExportFeed(
      Loop loop,
      StateReader state,
      ExportedContents contents,
      String peer,
      List<StandingExport> standing,
      KeptOffers.OfPeering kept,
      Sink sink) {
    this.loop = loop;
    this.state = state;
    lists = contents.lists();
    this.peer = peer;
    this.standing = List.copyOf(standing);
    this.sink = sink;
    services = new ServiceFeed(loop, contents, kept, sink::hasRoom, sink);
  }

  void start() {
    always.add(watch(new StandingExports(peer, lists)::at, this::exportsAre));
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
    if (exports.equals(told)) {
      return;
    }
    SortedSet<String> names = namesOf(exports);
    sink.names(names);
    sink.offered(
        PeerResources.SERVICE_LIST,
        PeerResources.SERVICE_LIST_ID,
        ExportedServiceList.newBuilder().addAllServices(exports.services()).build());
    for (String gone : services.keepOnly(names)) {
      isGone(gone, exports);
    }
    for (String name : exports.services()) {
      services.add(ExportedName.plain(name));
    }
    for (String name : exports.meshServices().keySet()) {
      services.add(ExportedName.twin(name, peer));
    }
    told = exports;
    services.pump();
  }

  /** Without a copy where there are no twins. */
  private static SortedSet<String> namesOf(Exports exports) {
    if (exports.meshServices().isEmpty()) {
      return exports.services();
    }
    SortedSet<String> names = new TreeSet<>(exports.services());
    exports.meshServices().keySet().forEach(name -> names.add(ExportedName.twinOf(name)));
    return names;
  }

  /**
   * The list speaks of plain names only: a twin whose name stays in it must be emptied, or it would
   * live on at the peer.
   */
  private void isGone(String name, Exports exports) {
    int end = name.length() - PeerResources.TWIN_SUFFIX.length();
    boolean isTwin = name.endsWith(PeerResources.TWIN_SUFFIX);
    if (isTwin && exports.services().contains(name.substring(0, end))) {
      sink.offered(PeerResources.SERVICE, name, ExportedService.getDefaultInstance());
    } else {
      sink.withdrawn(PeerResources.SERVICE, name);
    }
  }

  /** There may be room for contents again. */
  void pump() {
    services.pump();
  }

  /** All contents that there were at this time were given, or newer ones. */
  long asOfMillis() {
    return services.asOfMillis();
  }

  /** Whether all was given but what can't be read now. */
  boolean isRestUnread() {
    return services.isRestUnread();
  }

  /** The content of a service is wanted once more. */
  void again(String name) {
    services.again(name);
  }

  /** Contents that were not given yet are wanted in this order. */
  void inOrder(List<String> names) {
    services.inOrder(names);
  }

  /** Leaves what was given to the next stream of the peering. Then it is to be closed. */
  void handOver() {
    services.handOver();
  }

  void close() {
    always.forEach(WatchedQuery::close);
    always.clear();
    services.close();
  }
}
