package io.hanse.peering.protocol;

import static io.hanse.peering.protocol.PeerResources.SERVICE;
import static io.hanse.peering.protocol.PeerResources.SERVICE_LIST;
import static io.hanse.peering.protocol.PeerResources.SERVICE_LIST_ID;
import static io.hanse.peering.protocol.StreamProbe.list;
import static io.hanse.peering.protocol.StreamProbe.response;
import static io.hanse.peering.protocol.StreamProbe.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.LinkStatus;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a stream ends: deleted here, ended by the other side, or lost. */
class StreamEndTest {
  @Test
  void shouldTellADialerOfTheDeletionAndWaitForItsHalfClose() {
    StreamProbe acceptor = StreamProbe.acceptor();
    acceptor.on(new Input.DeleteRequested());
    assertThat(acceptor.sent()).containsExactly(StreamProbe.terminated());
    acceptor.receive(response("1", SERVICE, "a", service("a", 1)));
    assertThat(acceptor.effects).containsExactly(new Effect.Read());

    acceptor.on(new Input.HalfClosed());

    assertThat(acceptor.effects)
        .last()
        .isEqualTo(new Effect.Close(Effect.Cause.DELETED, LinkStatus.OK));
  }

  /** Of what was being stored when it was deleted, it may not be told any more. */
  @Test
  void shouldReadOnAfterADeletionHoweverMuchIsNotStored() {
    StreamProbe acceptor = StreamProbe.acceptor().subscribeAll();
    int received = 0;
    do {
      String name = "web" + received++;
      acceptor.receive(response(name, SERVICE, name, service(name, 1)));
    } while (acceptor.effects.contains(new Effect.Read()));

    acceptor.on(new Input.DeleteRequested());

    assertThat(acceptor.effects).contains(new Effect.Read());
  }

  @Test
  void shouldGoOnSayingWhatAPeerThatEndedWasToldLast() {
    for (boolean changesAgreed : new boolean[] {false, true}) {
      StreamProbe acceptor = StreamProbe.acceptor().subscribeAll();
      if (changesAgreed) {
        acceptor.on(new Input.ChangesAgreed());
      }
      acceptor.offer(SERVICE_LIST, SERVICE_LIST_ID, list("web"));
      acceptor.receive(StreamProbe.terminated());

      acceptor.offer(SERVICE_LIST, SERVICE_LIST_ID, list());

      assertThat(acceptor.protocol.status().getExportedServicesList()).containsExactly("web");
    }
  }

  @Test
  void shouldHalfCloseAsDialerOnceTheTerminationIsStored() {
    StreamProbe dialer = StreamProbe.dialer();
    dialer.receive(StreamProbe.terminated());
    assertThat(dialer.effects).contains(new Effect.StoreTermination(), new Effect.Read());
    assertThat(dialer.all(Effect.HalfClose.class)).isEmpty();

    dialer.on(new Input.TerminationStored());
    assertThat(dialer.effects).contains(new Effect.HalfClose());
    dialer.on(new Input.RemoteEnded(LinkStatus.of(LinkStatus.Code.ABORTED, "x")));

    assertThat(dialer.close().orElseThrow().cause()).isEqualTo(Effect.Cause.TERMINATED);
    assertThat(dialer.protocol.status().getDisconnectError()).isEmpty();
  }

  @Test
  void shouldNotShowImportsOfAPeerThatEndedTheRelation() {
    StreamProbe dialer = StreamProbe.dialer().subscribeAll();
    dialer.receive(response("01", SERVICE_LIST, SERVICE_LIST_ID, list("web")));
    dialer
        .all(Effect.Import.class)
        .forEach(one -> dialer.on(new Input.ImportFinished(one.sequence(), Optional.empty())));
    assertThat(dialer.protocol.status().getImportedServicesList()).containsExactly("web");

    dialer.receive(StreamProbe.terminated());

    assertThat(dialer.protocol.status().getImportedServicesList()).isEmpty();
  }

  @Test
  void shouldEndAfterADeletionThatTheOtherEndDoesNotFinish() {
    StreamProbe acceptor = StreamProbe.acceptor().on(new Input.DeleteRequested());

    acceptor.after(StreamLimits.DEFAULT.drainMillisMax());

    assertThat(acceptor.close().orElseThrow().cause()).isEqualTo(Effect.Cause.DELETED);
    assertThat(acceptor.close().orElseThrow().status().isOk()).as("the other end knows").isFalse();
  }

  @Test
  void shouldEndAfterATerminationOnlyOnceItIsStored() {
    StreamProbe acceptor = StreamProbe.acceptor().receive(StreamProbe.terminated());
    acceptor.on(new Input.RemoteEnded(LinkStatus.OK));
    assertThat(acceptor.close()).isEmpty();

    acceptor.on(new Input.TerminationStored());
    assertThat(acceptor.close().orElseThrow().cause()).isEqualTo(Effect.Cause.TERMINATED);
  }

  /** Then it is dialed once more, and told once more. */
  @Test
  void shouldFailWhereATerminationIsNotStored() {
    LinkStatus noLeader = LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "no leader");
    StreamProbe refused = StreamProbe.dialer().receive(StreamProbe.terminated());
    refused.on(new Input.Stopped(noLeader));
    assertThat(refused.close()).contains(new Effect.Close(Effect.Cause.FAILED, noLeader));

    StreamProbe slow = StreamProbe.dialer().receive(StreamProbe.terminated());
    slow.after(StreamLimits.DEFAULT.drainMillisMax());
    assertThat(slow.close().orElseThrow().cause()).isEqualTo(Effect.Cause.FAILED);
  }

  @Test
  void shouldCallAnEndWithoutTerminationAFailure() {
    StreamProbe dialer = StreamProbe.dialer().on(new Input.RemoteEnded(LinkStatus.OK));

    assertThat(dialer.close().orElseThrow())
        .isEqualTo(
            new Effect.Close(
                Effect.Cause.FAILED,
                LinkStatus.of(LinkStatus.Code.UNKNOWN, "stream ended unexpectedly")));
    assertThat(dialer.on(new Input.Tick()).effects).isEqualTo(List.of());
  }
}
