package io.hanse.peering.protocol;

import static io.hanse.peering.protocol.PeerResources.SERVICE;
import static io.hanse.peering.protocol.PeerResources.SERVICE_LIST;
import static io.hanse.peering.protocol.PeerResources.SERVICE_LIST_ID;
import static io.hanse.peering.protocol.PeerResources.TRUST_BUNDLE;
import static io.hanse.peering.protocol.StreamProbe.PEER_ID;
import static io.hanse.peering.protocol.StreamProbe.list;
import static io.hanse.peering.protocol.StreamProbe.response;
import static io.hanse.peering.protocol.StreamProbe.service;
import static io.hanse.peering.protocol.StreamProbe.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamProtocolTest {
  @Test
  void shouldSubscribeWithoutPeerIdAsAcceptor() {
    StreamProbe acceptor = StreamProbe.acceptor();

    assertThat(acceptor.requests())
        .extracting(Request::getResourceUrl)
        .containsExactly(SERVICE.url(), SERVICE_LIST.url(), TRUST_BUNDLE.url());
    assertThat(acceptor.requests()).allMatch(request -> request.getPeerId().isEmpty());
    assertThat(acceptor.all(Effect.Read.class)).hasSize(1);
  }

  @Test
  void shouldSubscribeToAddressesWithPeerIdAsDialer() {
    StreamProbe dialer = StreamProbe.dialer();

    assertThat(dialer.requests()).hasSize(4);
    assertThat(dialer.requests()).allMatch(request -> request.getPeerId().equals(PEER_ID));
  }

  @Test
  void shouldHoldOffersUntilTheirGateOpens() {
    StreamProbe probe = StreamProbe.acceptor();
    probe.offer(SERVICE_LIST, SERVICE_LIST_ID, list("web"));
    probe.offer(SERVICE, "web", service("web", 80));
    assertThat(probe.sent()).isEmpty();

    probe.receive(subscription(SERVICE_LIST));
    assertThat(probe.sent()).isEmpty();
    probe.receive(subscription(SERVICE));

    assertThat(probe.responses())
        .extracting(Response::getNonce)
        .containsExactly("00000001", "00000002");
    assertThat(probe.responses())
        .extracting(Response::getResourceId)
        .containsExactly(SERVICE_LIST_ID, "web");
  }

  @Test
  void shouldNotSendTheSameContentTwice() {
    StreamProbe probe = StreamProbe.acceptor().subscribeAll();
    probe.offer(SERVICE, "web", service("web", 80));
    assertThat(probe.responses()).hasSize(1);

    probe.offer(SERVICE, "web", service("web", 80));
    assertThat(probe.sent()).isEmpty();
    probe.offer(SERVICE, "web", service("web", 81));
    assertThat(probe.responses()).extracting(Response::getNonce).containsExactly("00000002");
    probe.on(new Input.Withdrawn(SERVICE, "web")).offer(SERVICE, "web", service("web", 81));
    assertThat(probe.responses()).hasSize(1);
  }

  @Test
  void shouldSendOnlyTheNewestOfWhatWaitedForTheTransport() {
    StreamLimits limits = new StreamLimits(15_000, 120_000, 10_000, 9, 64, 1 << 20, 1, 8 << 20);
    StreamProbe probe = new StreamProbe(PeerResources.acceptor(limits)).on(new Input.Started());
    probe.subscribeAll().offer(SERVICE, "api", service("api", 80));
    assertThat(probe.effects).contains(new Effect.AwaitReady());
    probe.offer(SERVICE, "web", service("web", 80));
    probe.offer(SERVICE, "web", service("web", 81));
    assertThat(probe.sent()).isEmpty();

    probe.on(new Input.TransportReady());

    Response expected = response("00000002", SERVICE, "web", service("web", 81)).build();
    assertThat(probe.responses()).containsExactly(expected);
  }

  @Test
  void shouldStopAtTheBoundOfUnansweredResources() {
    StreamLimits limits =
        new StreamLimits(15_000, 120_000, 10_000, 2, 64, 1 << 20, 1 << 20, 8 << 20);
    StreamProbe probe = new StreamProbe(PeerResources.acceptor(limits)).on(new Input.Started());
    probe.subscribeAll();
    probe.offer(SERVICE, "a", service("a", 1));
    Response first = probe.responses().get(0);
    probe.offer(SERVICE, "b", service("b", 1)).offer(SERVICE, "c", service("c", 1));
    assertThat(probe.sent()).isEmpty();
    assertThat(probe.protocol.status().getUnacked()).isEqualTo(2);

    probe.receive(StreamProbe.ack(first));

    assertThat(probe.responses()).extracting(Response::getResourceId).containsExactly("c");
  }

  @Test
  void shouldRefuseAResourceThatIsTooLargeByNameAndGoOn() {
    StreamLimits limits = new StreamLimits(15_000, 120_000, 10_000, 9, 64, 1 << 20, 1 << 20, 400);
    StreamProbe probe = new StreamProbe(PeerResources.acceptor(limits)).on(new Input.Started());
    probe.subscribeAll().offer(SERVICE, "big", service("big", 1, 2, 3, 4, 5, 6, 7, 8, 9));

    assertThat(probe.sent()).isEmpty();
    assertThat(probe.all(Effect.Refused.class)).hasSize(1);
    assertThat(probe.protocol.status().getRefusedExportsMap()).containsKey("big");

    probe.offer(SERVICE, "small", service("small", 1));
    assertThat(probe.responses()).hasSize(1);
    probe.offer(SERVICE, "big", service("big", 1));
    assertThat(probe.responses()).hasSize(1);
    assertThat(probe.protocol.status().getRefusedExportsMap()).isEmpty();
  }

  @Test
  void shouldAcknowledgeOnlyWhatIsStored() {
    StreamProbe probe = StreamProbe.acceptor();
    probe.receive(response("00000001", SERVICE, "web", service("web", 80)));
    Effect.Import handed = probe.all(Effect.Import.class).get(0);
    assertThat(probe.sent()).isEmpty();

    probe.on(new Input.ImportFinished(handed.sequence(), Optional.empty()));

    assertThat(probe.requests())
        .containsExactly(
            Request.newBuilder()
                .setResponseNonce("00000001")
                .setResourceUrl(SERVICE.url())
                .build());
  }

  @Test
  void shouldStoreAListAfterAllThatCameBeforeIt() {
    StreamProbe probe = StreamProbe.acceptor();
    probe.receive(response("1", SERVICE, "a", service("a", 1)));
    long a = probe.all(Effect.Import.class).get(0).sequence();
    probe.receive(response("2", SERVICE, "b", service("b", 1)));
    long b = probe.all(Effect.Import.class).get(0).sequence();
    probe.receive(response("3", SERVICE_LIST, SERVICE_LIST_ID, list("a")));
    assertThat(probe.all(Effect.Import.class)).isEmpty();

    probe.on(new Input.ImportFinished(b, Optional.empty()));
    assertThat(probe.effects).noneMatch(effect -> effect instanceof Effect.Send);
    probe.on(new Input.ImportFinished(a, Optional.empty()));

    assertThat(probe.requests()).extracting(Request::getResponseNonce).containsExactly("1", "2");
    assertThat(probe.all(Effect.Import.class)).hasSize(1);
    long list = probe.all(Effect.Import.class).get(0).sequence();
    probe.on(new Input.ImportFinished(list, Optional.empty()));
    assertThat(probe.protocol.status().getImportedServicesList()).containsExactly("a");
  }

  @Test
  void shouldNotStoreTwoContentsOfOneNameAtOnce() {
    StreamProbe probe = StreamProbe.acceptor();
    probe.receive(response("1", SERVICE, "a", service("a", 1)));
    long first = probe.all(Effect.Import.class).get(0).sequence();
    probe.receive(response("2", SERVICE, "a", service("a", 2)));
    assertThat(probe.all(Effect.Import.class)).isEmpty();

    probe.on(new Input.ImportFinished(first, Optional.empty()));

    assertThat(probe.all(Effect.Import.class)).hasSize(1);
  }

  @Test
  void shouldReadNoMoreWhileTooMuchIsNotStored() {
    StreamLimits limits =
        new StreamLimits(15_000, 120_000, 10_000, 9, 2, 1 << 20, 1 << 20, 8 << 20);
    StreamProbe probe = new StreamProbe(PeerResources.acceptor(limits)).on(new Input.Started());
    probe.receive(response("1", SERVICE, "a", service("a", 1)));
    long first = probe.all(Effect.Import.class).get(0).sequence();
    assertThat(probe.all(Effect.Read.class)).hasSize(1);
    probe.receive(response("2", SERVICE, "b", service("b", 1)));
    assertThat(probe.all(Effect.Read.class)).isEmpty();

    probe.on(new Input.ImportFinished(first, Optional.empty()));

    assertThat(probe.all(Effect.Read.class)).hasSize(1);
  }

  @Test
  void shouldSendHeartbeatsAndGiveUpOnlyForWantOfHeartbeats() {
    StreamProbe probe = StreamProbe.acceptor().subscribeAll();
    assertThat(probe.after(14_999).sent()).isEmpty();
    assertThat(probe.after(1).sent()).containsExactly(StreamProbe.heartbeat());
    probe.receive(StreamProbe.heartbeat());
    for (int i = 0; i < 7; i++) {
      probe.after(15_000).receive(subscription(SERVICE));
      assertThat(probe.close()).isEmpty();
    }

    probe.after(15_000);

    assertThat(probe.close().orElseThrow().status())
        .isEqualTo(LinkStatus.of(LinkStatus.Code.UNKNOWN, "heartbeat timeout"));
    assertThat(probe.protocol.status().getDisconnectError()).isEqualTo("heartbeat timeout");
  }

  @Test
  void shouldRecordARefusalAndSendNothingAgain() {
    StreamProbe probe = StreamProbe.acceptor().subscribeAll();
    probe.offer(SERVICE, "web", service("web", 80));

    probe.receive(StreamProbe.nack(probe.responses().get(0), "no room"));

    assertThat(probe.sent()).isEmpty();
    assertThat(probe.protocol.status().getLastNackMessage())
        .isEqualTo("client peer was unable to apply resource: no room");
    assertThat(probe.protocol.status().getUnacked()).isZero();
  }

  @Test
  void shouldKnowWhatThePeerRefusedUntilItTakesANewerVersionOrItIsWithdrawn() {
    StreamProbe probe = StreamProbe.acceptor().subscribeAll();
    probe.offer(SERVICE, "web", service("web", 80));
    probe.receive(StreamProbe.nack(probe.responses().get(0), "no room"));
    assertThat(probe.protocol.status().getExportsRefusedByPeerMap())
        .containsExactly(Map.entry("web", "no room"));

    probe.offer(SERVICE, "web", service("web", 81));
    Response second = probe.responses().get(0);
    assertThat(probe.protocol.status().getExportsRefusedByPeerMap()).containsKey("web");
    probe.receive(StreamProbe.ack(second));
    assertThat(probe.protocol.status().getExportsRefusedByPeerMap()).isEmpty();

    probe.offer(SERVICE, "api", service("api", 80));
    probe.receive(StreamProbe.nack(probe.responses().get(0), "no room"));
    probe.on(new Input.Withdrawn(SERVICE, "api"));
    assertThat(probe.protocol.status().getExportsRefusedByPeerMap()).isEmpty();
  }

  @Test
  void shouldKnowWhatCouldNotBeStoredHereAndSinceWhen() {
    StreamProbe probe = StreamProbe.acceptor();
    probe.receive(response("01", SERVICE, "web", service("web", 80)));
    long first = probe.all(Effect.Import.class).get(0).sequence();
    probe.after(10).on(new Input.ImportFinished(first, Optional.of("the state is full")));
    long since = probe.protocol.status().getRefusedImportsOrThrow("web").getSinceMillis();
    assertThat(probe.protocol.status().getRefusedImportsOrThrow("web").getReason())
        .contains("the state is full");

    probe.after(10).receive(response("02", SERVICE, "web", service("web", 81)));
    long second = probe.all(Effect.Import.class).get(0).sequence();
    probe.on(new Input.ImportFinished(second, Optional.of("the state is full")));
    assertThat(probe.protocol.status().getRefusedImportsOrThrow("web").getSinceMillis())
        .isEqualTo(since);

    finish(probe.receive(response("03", SERVICE, "web", service("web", 82))), null);
    assertThat(probe.protocol.status().getRefusedImportsMap()).isEmpty();
  }

  @Test
  void shouldForgetARefusalOfWhatIsExportedNoMore() {
    StreamProbe probe = StreamProbe.acceptor();
    finish(probe.receive(response("01", SERVICE, "web", service("web", 80))), "is full");
    finish(probe.receive(response("02", SERVICE_LIST, SERVICE_LIST_ID, list("Web"))), null);
    assertThat(probe.protocol.status().getRefusedImportsMap()).containsOnlyKeys("web");

    finish(probe.receive(response("03", SERVICE_LIST, SERVICE_LIST_ID, list())), null);
    assertThat(probe.protocol.status().getRefusedImportsMap()).isEmpty();
  }

  private static void finish(StreamProbe probe, @Nullable String problem) {
    long sequence = probe.all(Effect.Import.class).get(0).sequence();
    probe.on(new Input.ImportFinished(sequence, Optional.ofNullable(problem)));
  }

  @Test
  void shouldNoteWheneverTheOtherEndIsHeard() {
    StreamProbe dialer = StreamProbe.dialer();
    assertThat(dialer.protocol.status().getLastHeardMillis()).isZero();
    dialer.receive(subscription(SERVICE));
    long heard = dialer.protocol.status().getLastHeardMillis();
    assertThat(heard).isPositive();

    dialer.after(15_000);
    assertThat(dialer.protocol.status().getLastHeardMillis()).isEqualTo(heard);
    dialer.receive(StreamProbe.heartbeat());
    assertThat(dialer.protocol.status().getLastHeardMillis()).isEqualTo(heard + 15_000);
    assertThat(dialer.all(Effect.Report.class)).as("silence is counted from it").hasSize(1);
  }

  /** What could not be made brought nothing. */
  @Test
  void shouldCallOnlyTheLossOfAStreamAnErrorInReceiving() {
    StreamProbe refused = StreamProbe.dialer();
    refused.on(new Input.RemoteEnded(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "refused")));
    assertThat(refused.protocol.status().getLastReceiveErrorMillis()).isZero();
    assertThat(refused.protocol.status().getLastSendError()).contains("refused");

    StreamProbe lost = StreamProbe.dialer();
    lost.receive(StreamProbe.heartbeat());
    lost.on(new Input.RemoteEnded(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "lost")));
    assertThat(lost.protocol.status().getLastReceiveErrorMillis()).isPositive();
    assertThat(lost.protocol.status().getLastSendErrorMillis()).isPositive();
  }
}
