package io.hanse.peering.replication;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.protocol.Content;
import io.hanse.peering.protocol.ServiceContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many peers that are sent the same services. */
class ExportedContentsTest {
  private static final int PEERS = 50;
  private static final String CLUSTER_ID = "a1fa0000-0000-4000-8000-000000000001";

  private final WatchedState state = new WatchedState();
  private final ExportedContents contents = new ExportedContents(state);

  @AfterEach
  void close() {
    state.close();
  }

  /** One peer's stream, as far as one name is concerned. */
  private final class Peer implements ServiceFeed.Sink {
    final List<ServiceContent> given = new ArrayList<>();
    final List<Content> unchanged = new ArrayList<>();
    int told;
    final SharedService.Subscription subscription;

    Peer(ExportedName name) {
      subscription = contents.subscribe(name, () -> told++);
    }

    @Override
    public void content(ServiceContent content) {
      given.add(content);
    }

    @Override
    public void unchanged(String name, Content marks) {
      unchanged.add(marks);
    }

    void read() {
      given.add(subscription.read(0));
    }

    void give() {
      if (!subscription.giveKnown(this, 0)) {
        read();
      }
    }

    int port() {
      return portOf(given.get(given.size() - 1));
    }
  }

  private static int portOf(ServiceContent content) {
    return content.service().getNodes(0).getService().getPort();
  }

  private List<Peer> peers(ExportedName name) {
    return IntStream.range(0, PEERS).mapToObj(i -> new Peer(name)).toList();
  }

  private void register(int port) {
    state.cluster.apply(SimCommands.register("n1", "web", port, "passing"));
  }

  @Test
  void shouldReadAndWatchOnceWhatAllPeersAreSent() {
    register(80);
    List<Peer> peers = peers(ExportedName.plain("web"));
    peers.forEach(Peer::give);
    register(81);
    state.wakeAll();
    assertThat(peers).allMatch(peer -> peer.told == 1);
    peers.forEach(Peer::give);

    assertThat(state.views).isEqualTo(2);
    assertThat(state.watches).isEqualTo(2);
    assertThat(state.waiting()).isEqualTo(1);
    Set<ServiceContent> newest = Set.of(peers.get(0).given.get(1));
    assertThat(peers).allMatch(peer -> newest.contains(peer.given.get(1)) && peer.port() == 81);
    assertThat(peers).allMatch(peer -> peer.told == 1 && peer.unchanged.isEmpty());

    peers.forEach(peer -> peer.subscription.close());
    assertThat(state.waiting()).isZero();
    assertThat(contents.bytes()).isZero();
  }

  @Test
  void shouldTellOfEachChangeThoseWhoWereGivenWhatWasThereBefore() {
    register(80);
    Peer fast = new Peer(ExportedName.plain("web"));
    Peer slow = new Peer(ExportedName.plain("web"));
    fast.give();
    slow.give();
    for (int port = 81; port < 90; port++) {
      register(port);
      state.wakeAll();
      fast.give();
    }
    assertThat(fast.told).isEqualTo(9);
    assertThat(slow.told).as("it has not asked since").isEqualTo(1);
    slow.give();
    assertThat(slow.port()).isEqualTo(89);
    assertThat(state.views).isEqualTo(10);
  }

  @Test
  void shouldKnowItAgainByItsMarksOnceItIsAtHandNoMore() {
    register(80);
    Peer first = new Peer(ExportedName.plain("web"));
    first.give();
    Content marks = first.given.get(0).marks();
    contents.clean(1_000);
    assertThat(contents.bytes()).isPositive();
    contents.clean(60_000);
    assertThat(contents.bytes()).isZero();

    Peer second = new Peer(ExportedName.plain("web"));
    second.give();
    assertThat(second.given).isEmpty();
    assertThat(second.unchanged.get(0)).isSameAs(marks);
    second.read();
    assertThat(second.given.get(0).marks()).as("kept in memory once").isSameAs(marks);

    register(81);
    state.wakeAll();
    assertThat(second.told).isEqualTo(1);
    second.give();
    assertThat(second.port()).isEqualTo(81);
  }

  @Test
  void shouldWatchOnceWhatEachPeerIsSentInItsOwnForm() {
    state.cluster.apply(SimCommands.initialize(CLUSTER_ID, "dc1"));
    state.cluster.apply(SimCommands.gateway("g1", 8443));
    Peer east = new Peer(ExportedName.twin("web", "east"));
    Peer west = new Peer(ExportedName.twin("web", "west"));
    east.give();
    west.give();
    assertThat(state.watches).isEqualTo(1);
    assertThat(east.given.toString()).isNotEqualTo(west.given.toString());
    assertThat(sniOf(east)).contains(".east.").doesNotContain("west");
    assertThat(sniOf(west)).contains(".west.").doesNotContain("east");

    state.cluster.apply(SimCommands.gateway("g1", 8444));
    state.wakeAll();
    assertThat(List.of(east.told, west.told)).containsExactly(1, 1);
    west.give();
    east.give();
    assertThat(List.of(east.port(), west.port())).containsExactly(8444, 8444);
    assertThat(sniOf(east)).contains(".east.").doesNotContain("west");
  }

  @Test
  void shouldForgetAPeerThatNobodyHasUseForWhileOthersUseTheName() {
    state.cluster.apply(SimCommands.initialize(CLUSTER_ID, "dc1"));
    state.cluster.apply(SimCommands.gateway("g1", 8443));
    Peer west = new Peer(ExportedName.twin("web", "west"));
    west.give();
    long bytesOfOne = contents.bytes();
    Peer east = new Peer(ExportedName.twin("web", "east"));
    Peer nextOfEast = new Peer(ExportedName.twin("web", "east"));
    east.give();
    east.given.get(0).marks();
    contents.clean(60_000);

    east.subscription.close();
    nextOfEast.give();
    assertThat(nextOfEast.unchanged).as("one was left").hasSize(1);
    nextOfEast.subscription.close();
    Peer lastOfEast = new Peer(ExportedName.twin("web", "east"));
    lastOfEast.give();
    assertThat(lastOfEast.given).as("nothing was known").hasSize(1);
    assertThat(contents.bytes()).isEqualTo(bytesOfOne);
    lastOfEast.subscription.close();
    assertThat(contents.bytes()).isZero();
    assertThat(state.waiting()).isEqualTo(1);
    west.subscription.close();
    assertThat(state.waiting()).isZero();
  }

  private static String sniOf(Peer peer) {
    return peer.given.get(peer.given.size() - 1).service().toString();
  }

  /** Peers read on threads of their own while the state changes, and look again only when told. */
  @Test
  void shouldHideNoChangeFromThreads() throws Exception {
    int last = 3_000;
    register(1);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch arrived = new CountDownLatch(PEERS);
    AtomicInteger older = new AtomicInteger();
    try {
      ExportedContents shared = new ExportedContents(state.cluster);
      for (int i = 0; i < PEERS; i++) {
        new Follower(shared, threads, last, arrived, older).look();
      }
      for (int port = 2; port <= last; port++) {
        register(port);
      }
      assertThat(arrived.await(60, SECONDS)).as("all have the last content").isTrue();
      assertThat(older).hasValue(0);
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(60, SECONDS)).isTrue();
    }
  }

  private static final class Follower {
    private final Executor threads;
    private final int last;
    private final CountDownLatch arrived;
    private final AtomicInteger older;
    private final SharedService.Subscription subscription;
    private int port;

    Follower(
        ExportedContents shared,
        Executor threads,
        int last,
        CountDownLatch arrived,
        AtomicInteger older) {
      this.threads = threads;
      this.last = last;
      this.arrived = arrived;
      this.older = older;
      subscription = shared.subscribe(ExportedName.plain("web"), this::look);
    }

    void look() {
      threads.execute(this::read);
    }

    private synchronized void read() {
      int next = portOf(subscription.read(0));
      if (next < port) {
        older.incrementAndGet();
      }
      if (next == last && port < last) {
        arrived.countDown();
      }
      port = next;
    }
  }
}
