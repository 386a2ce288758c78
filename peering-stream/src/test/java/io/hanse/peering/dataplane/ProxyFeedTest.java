package io.hanse.peering.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ServiceIntentions;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.IntentionRule;
import io.hanse.peering.proto.Intentions;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.replication.SimCommands;
import io.hanse.peering.replication.ThreadLoops;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server says to proxies, and to whom it says nothing. */
class ProxyFeedTest {
  private static final String CLUSTER = "a1fa0000-0000-4000-8000-000000000001";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final LocalCluster cluster = new LocalCluster();
  private final ThreadLoops loops = new ThreadLoops("feed", 1);
  private final ProxyFeed feed =
      new ProxyFeed(loops, cluster, /* allowByDefault= */ false, StreamLimits.DEFAULT, PATIENCE);

  @AfterEach
  void stop() {
    feed.close();
    loops.close();
    cluster.close();
  }

  @Test
  void shouldRefuseByNameWhatItCannotServe() {
    assertThat(refusal(open())).isEqualTo(unavailable("the cluster has no identity yet"));
    initialize();
    assertThat(refusal(open().setKind("ingress-gateway")).text())
        .isEqualTo("unknown kind of proxy: \"ingress-gateway\"");
    assertThat(refusal(open().clearNode()).code()).isEqualTo(LinkStatus.Code.INVALID_ARGUMENT);
    assertThat(refusal(open().clearProxyId()).code()).isEqualTo(LinkStatus.Code.INVALID_ARGUMENT);
    assertThat(refusal(open().setFormatVersion(0)).text()).contains("upgrade the proxy");
    assertThat(refusal(open().setClusterId("another")).text())
        .isEqualTo("the proxy belongs to cluster another, this is " + CLUSTER);
    assertThat(feed.connected()).isEmpty();
  }

  @Test
  void shouldKeepAProxyUntilItEnds() {
    initialize();
    Heard leaving = new Heard();
    Inbound inbound = feed.accept(open().build(), "", leaving);
    Heard staying = new Heard();
    feed.accept(open().setProxyId("other").build(), "", staying);
    assertThat(feed.connected()).hasSize(2);

    inbound.onEnd(LinkStatus.OK);
    await().atMost(PATIENCE).until(() -> feed.connected().size() == 1);
    assertThat(feed.connected().get(0).proxy().getProxyId()).isEqualTo("other");

    feed.close();
    assertThat(staying.closed.join()).isEqualTo(unavailable("the server is shutting down"));
    await().atMost(PATIENCE).until(() -> feed.connected().isEmpty());
  }

  @Test
  void shouldTellASidecarItsIntentionsAsTheyChange() {
    initialize();
    Heard sidecar = new Heard();
    Inbound inbound = feed.accept(open().build(), "", sidecar);
    inbound.onMessage(subscription());
    await().atMost(PATIENCE).until(() -> sidecar.intentions().size() == 1);
    assertThat(sidecar.intentions().get(0))
        .isEqualTo(Intentions.newBuilder().setService("web").build());

    cluster.submit(allow("web", "front")).join();
    cluster.submit(allow("db", "front")).join();
    await().atMost(PATIENCE).until(() -> sidecar.intentions().size() > 1);
    assertThat(sidecar.intentions().get(1).getRulesList())
        .extracting(IntentionRule::getSource, IntentionRule::getAllow)
        .containsExactly(org.assertj.core.api.Assertions.tuple("front", true));
    assertThat(sidecar.intentions()).hasSize(2);
  }

  private long indexNow() {
    try (View view = cluster.view()) {
      return view.publicIndex();
    }
  }

  @Test
  void shouldRefuseWhoHasSomethingNewer() {
    initialize();
    LinkStatus refusal = refusal(open().setIndex(indexNow() + 1));
    assertThat(refusal.code()).isEqualTo(LinkStatus.Code.OUT_OF_RANGE);
    assertThat(refusal.text())
        .isEqualTo(
            "this cluster is behind: at index "
                + indexNow()
                + ", the proxy at "
                + (indexNow() + 1));
    await().atMost(PATIENCE).until(() -> feed.connected().isEmpty());
  }

  /** It may be that the others have it. */
  @Test
  void shouldSayOfItselfThatItIsBehindWhereItKnowsNoLeader() {
    initialize();
    cluster.freshness = CompletableFuture.failedFuture(new IllegalStateException("no leader"));
    LinkStatus refusal = refusal(open().setIndex(indexNow() + 1));
    assertThat(refusal.code()).isEqualTo(LinkStatus.Code.UNAVAILABLE);
    assertThat(refusal.text()).startsWith("this server has not caught up yet: at index ");
  }

  @Test
  void shouldWaitUntilItHasWhatAProxyHas() {
    initialize();
    CompletableFuture<StateReader.Freshness> caughtUp = new CompletableFuture<>();
    cluster.freshness = caughtUp;
    Heard sidecar = new Heard();
    Inbound inbound = feed.accept(open().setIndex(indexNow() + 1).build(), "", sidecar);
    Heard gone = new Heard();
    feed.accept(open().setIndex(indexNow() + 1).build(), "", gone).onEnd(LinkStatus.OK);
    await().atMost(PATIENCE).until(() -> feed.connected().size() == 1);
    assertThat(sidecar.asked.get()).as("nothing is asked for yet").isZero();

    cluster.submit(allow("web", "front")).join();
    caughtUp.complete(cluster.freshness());
    await().atMost(PATIENCE).until(() -> sidecar.asked.get() > 0);
    assertThat(sidecar.messages)
        .as("a word, before answers that may take long")
        .first()
        .matches(ReplicationMessage::hasHeartbeat);
    inbound.onMessage(subscription());
    await().atMost(PATIENCE).until(() -> sidecar.intentions().size() == 1);
    assertThat(sidecar.intentions().get(0).getRulesCount()).isOne();
    assertThat(gone.asked.get()).isZero();
  }

  /** What it is said to rest on is never older than what it is. */
  @Test
  void shouldSayHowNewItIsBeforeItIsSent() {
    initialize();
    Heard sidecar = new Heard();
    feed.accept(open().build(), "", sidecar).onMessage(subscription());
    cluster.submit(allow("web", "front")).join();
    long allowed = indexNow();
    await().atMost(PATIENCE).until(() -> sidecar.rulesAt.containsKey(1));
    assertThat(sidecar.rulesAt.get(1)).isEqualTo(allowed);
    cluster.submit(allow("db", "front")).join();
    cluster.submit(allow("web", "other")).join();
    await().atMost(PATIENCE).until(() -> sidecar.intentions().size() > 1);
    assertThat(sidecar.restsOn).isEqualTo(indexNow());
  }

  /** What a list lacks the proxy deletes, and ends what goes on by it. */
  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 11})
  void shouldNotListByHalvesWhereTheStateCannotBeLookedAtForAMoment(int brokenView) {
    initialize();
    for (String service : List.of("api", "web")) {
      cluster.submit(SimCommands.register("n1", service, 80, "passing")).join();
      cluster.submit(SimCommands.sidecar("n1", service)).join();
    }
    cluster.submit(SimCommands.gateway("n1", 8443)).join();
    Heard gateway = new Heard();
    try (ProxyFeed broken =
        new ProxyFeed(
            loops, new BrokenOnce(cluster, brokenView), false, StreamLimits.DEFAULT, PATIENCE)) {
      Inbound inbound =
          broken.accept(
              open()
                  .setProxyId("gateway-n1")
                  .setKind(ProxyResources.MESH_GATEWAY)
                  .setFormatVersion(ProxyResources.FORMAT_VERSION_OF_PARTS)
                  .build(),
              "",
              gateway);
      for (ResourceType type : ProxyResources.of(ProxyResources.MESH_GATEWAY)) {
        inbound.onMessage(subscription(type));
      }
      inbound.onMessage(subscription(ProxyResources.LIST));
      await().atMost(PATIENCE).until(() -> gateway.lists("Route").count() > 0);
      assertThat(gateway.lists("Endpoints").findFirst().orElseThrow())
          .containsExactly("local/api", "local/web");
      assertThat(gateway.lists("Route").findFirst().orElseThrow()).hasSize(2);
    }
  }

  /** A state of which one of the first views can't be had. */
  private static final class BrokenOnce implements StateReader {
    private final StateReader state;
    private final AtomicInteger left;

    BrokenOnce(StateReader state, int brokenView) {
      this.state = state;
      this.left = new AtomicInteger(brokenView);
    }

    @Override
    public View view() {
      if (left.decrementAndGet() == 0) {
        throw new ProblemException(ProblemCode.OVERLOADED, "too many views");
      }
      return state.view();
    }

    @Override
    public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
      return state.fresh(level, patience);
    }

    @Override
    public Freshness freshness() {
      return state.freshness();
    }

    @Override
    public Runnable watch(ReadSet reads, long since, Runnable wake) {
      return state.watch(reads, since, wake);
    }
  }

  private static ReplicationMessage subscription() {
    return subscription(ProxyResources.INTENTIONS);
  }

  private static ReplicationMessage subscription(ResourceType type) {
    return ReplicationMessage.newBuilder()
        .setRequest(ReplicationMessage.Request.newBuilder().setResourceUrl(type.url()))
        .build();
  }

  private void initialize() {
    cluster.submit(SimCommands.initialize(CLUSTER, "dc1")).join();
  }

  private static Command allow(String destination, String source) {
    return Command.newBuilder()
        .setWriteConfigEntry(
            WriteConfigEntry.newBuilder()
                .setEntry(
                    ConfigEntry.newBuilder()
                        .setKind("service-intentions")
                        .setName(destination)
                        .setServiceIntentions(
                            ServiceIntentions.newBuilder()
                                .addSources(
                                    SourceIntention.newBuilder()
                                        .setName(source)
                                        .setAction("allow")))))
        .build();
  }

  private static ProxyOpen.Builder open() {
    return ProxyOpen.newBuilder()
        .setNode("n1")
        .setProxyId("web-sidecar")
        .setKind(ProxyResources.SIDECAR)
        .setService("web")
        .setFormatVersion(ProxyResources.FORMAT_VERSION);
  }

  private LinkStatus refusal(ProxyOpen.Builder open) {
    Heard heard = new Heard();
    feed.accept(open.build(), "", heard);
    return heard.closed.join();
  }

  private static LinkStatus unavailable(String text) {
    return LinkStatus.of(LinkStatus.Code.UNAVAILABLE, text);
  }

  /** The proxy's end. */
  private static final class Heard implements Outbound {
    final List<ReplicationMessage> messages = new CopyOnWriteArrayList<>();
    final AtomicInteger asked = new AtomicInteger();
    volatile long restsOn;

    /** By how many rules there are. */
    final Map<Integer, Long> rulesAt = new ConcurrentHashMap<>();

    final CompletableFuture<LinkStatus> closed = new CompletableFuture<>();

    /** The names in each of these lists, of a proxy that hears one by one. */
    Stream<List<String>> lists(String id) {
      return messages.stream()
          .map(ReplicationMessage::getResponse)
          .filter(response -> response.getResourceUrl().equals(ProxyResources.LIST.url()))
          .filter(response -> response.getResourceId().equals(id))
          .map(
              response -> {
                try {
                  return List.copyOf(
                      response.getResource().unpack(ResourceList.class).getNamesList());
                } catch (InvalidProtocolBufferException e) {
                  throw new AssertionError(e);
                }
              });
    }

    List<Intentions> intentions() {
      return messages.stream()
          .filter(ReplicationMessage::hasResponse)
          .map(message -> message.getResponse())
          .filter(response -> response.getResourceUrl().equals(ProxyResources.INTENTIONS.url()))
          .map(
              response -> {
                try {
                  return Intentions.parseFrom(response.getResource().getValue());
                } catch (InvalidProtocolBufferException e) {
                  throw new AssertionError(e);
                }
              })
          .toList();
    }

    @Override
    public void send(ReplicationMessage message) {
      messages.add(message);
      if (!intentions().isEmpty()) {
        List<Intentions> all = intentions();
        rulesAt.putIfAbsent(all.get(all.size() - 1).getRulesCount(), restsOn);
      }
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void requestNext() {
      asked.incrementAndGet();
    }

    @Override
    public void restsOn(long index) {
      restsOn = index;
    }

    @Override
    public void halfClose() {}

    @Override
    public void close(LinkStatus status) {
      closed.complete(status);
    }

    @Override
    public Set<String> extensions() {
      return Set.of();
    }

    @Override
    public String remote() {
      return "test";
    }
  }
}
