package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkStatus.Code;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.RecordedEvents.Event;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Scripted ends against one real end, with our rules in the place of the real one. */
class RecordedProbesTest {
  /** Where we are better than the recording: a newer stream replaces an older one. */
  private static final String DUPLICATE = "failed to register stream";

  /** Where we are better than the recording: a row without a name is refused, and no panic. */
  private static final String PANIC = "grpc: panic serving request";

  /** What is no message does not reach our rules: the transport refuses it. */
  private static final String NO_MESSAGE = "first message is not protobuf";

  /** The state of the probed cluster, as far as its acceptor looks at it. */
  private static final class Stored implements Opening.Stored {
    final Map<String, Peering> peerings = new TreeMap<>();
    final Map<String, PeeringSecrets> secrets = new TreeMap<>();

    void know(String id) {
      peerings.put(id, Peering.newBuilder().setId(id).setState(PeeringState.PENDING).build());
      secrets.put(id, PeeringSecrets.newBuilder().setPeeringId(id).setEstablishment("e").build());
    }

    @Override
    public Optional<Peering> peering(String id) {
      return Optional.ofNullable(peerings.get(id));
    }

    @Override
    public Optional<PeeringSecrets> secrets(String id) {
      return Optional.ofNullable(secrets.get(id));
    }

    @Override
    public boolean isTrustReady() {
      return true;
    }
  }

  @Test
  void shouldAnswerAsTheProbedAcceptor() throws Exception {
    Stored stored = new Stored();
    int checked = 0;
    int judged = 0;
    for (Map.Entry<String, List<Event>> probe :
        RecordedEvents.byScenario("probes-acceptor.tsv").entrySet()) {
      learn(stored, probe.getValue());
      Optional<Event> first =
          probe.getValue().stream().filter(event -> event.isFrom("dialer")).findFirst();
      if (first.isPresent() && !probe.getKey().equals(NO_MESSAGE)) {
        judged++;
        checked += replayAcceptor(probe.getKey(), probe.getValue(), first.get(), stored);
      }
    }
    assertThat(judged).isEqualTo(74);
    assertThat(checked).isEqualTo(449);
  }

  private static void learn(Stored stored, List<Event> events) {
    for (Event event : events) {
      if (event.kind().equals("known")) {
        stored.know(event.arguments().get(0));
      } else if (event.kind().equals("exchanged")) {
        String id = event.arguments().get(0);
        if (stored.peering(id).isEmpty()) {
          stored.know(id);
        }
        stored.secrets.computeIfPresent(
            id,
            (key, known) ->
                known.toBuilder()
                    .clearEstablishment()
                    .setPendingStream(event.arguments().get(1))
                    .build());
      }
    }
  }

  private static int replayAcceptor(String name, List<Event> events, Event first, Stored stored)
      throws Exception {
    Event end = events.get(events.size() - 1);
    Opening.Verdict verdict = Opening.judge(first.message(), stored);
    if (verdict instanceof Opening.Refused refused) {
      assertThat(refused.status()).as(name).isEqualTo(statusOf(end));
      return 1;
    }
    if (end.arguments().get(1).startsWith(DUPLICATE)) {
      return 0;
    }
    String id = first.message().getOpen().getPeerId();
    if (verdict instanceof Opening.Promote promote) {
      stored.secrets.computeIfPresent(
          id,
          (key, known) ->
              known.toBuilder().clearPendingStream().setActiveStream(promote.pending()).build());
    }
    StreamReplay replay = new StreamReplay(name, PeerResources.acceptor(StreamLimits.DEFAULT));
    replay.start();
    for (Event event : events) {
      replay.at(event.millis());
      if (event.isFrom("acceptor")) {
        replay.expect(event.message());
      } else if (event.isFrom("dialer") && !event.equals(first)) {
        replay.received(event.message());
      } else if (event.kind().equals("half-close")) {
        replay.give(new Input.HalfClosed());
      }
    }
    replay.expectNothingElse();
    expectEnd(replay, end);
    replay.close().ifPresent(close -> remember(stored, id, close));
    return replay.checked();
  }

  private static void expectEnd(StreamReplay replay, Event end) {
    if (end.arguments().get(1).equals(PANIC)) {
      replay.expectOpen();
    } else if (end.arguments().get(0).equals("-")) {
      // Either the script was over, or the stream ended well after a Terminated.
      replay.close().ifPresent(close -> assertThat(close.status()).isEqualTo(LinkStatus.OK));
    } else {
      replay.expectClose(statusOf(end));
    }
  }

  private static void remember(Stored stored, String id, Effect.Close close) {
    switch (close.cause()) {
      case DELETED -> stored.peerings.remove(id);
      case TERMINATED ->
          stored.peerings.computeIfPresent(
              id, (key, known) -> known.toBuilder().setState(PeeringState.TERMINATED).build());
      case FAILED -> {}
    }
  }

  @Test
  void shouldAnswerAsTheProbedDialer() throws Exception {
    int checked = 0;
    for (Map.Entry<String, List<Event>> probe :
        RecordedEvents.byScenario("probes-dialer.tsv").entrySet()) {
      checked += replayDialer(probe.getKey(), probe.getValue());
    }
    assertThat(checked).isEqualTo(110);
  }

  private static int replayDialer(String name, List<Event> events) throws Exception {
    Optional<ReplicationMessage> open =
        events.stream()
            .filter(event -> event.isFrom("dialer"))
            .map(Event::message)
            .filter(ReplicationMessage::hasOpen)
            .findFirst();
    if (open.isEmpty()) {
      return 0;
    }
    StreamReplay replay =
        new StreamReplay(
            name, PeerResources.dialer(open.get().getOpen().getPeerId(), StreamLimits.DEFAULT));
    replay.start();
    long began = events.get(0).millis();
    for (Event event : events) {
      replay.at(event.millis() - began);
      if (event.isFrom("dialer") && !event.message().hasOpen()) {
        replay.expect(event.message());
      } else if (event.isFrom("acceptor")) {
        replay.received(event.message());
      } else if (event.kind().equals("end")) {
        expectDialerEnd(replay, event);
      }
    }
    return replay.checked();
  }

  /** Where the dialer ended the stream itself, the acceptor saw a cancellation. */
  private static void expectDialerEnd(StreamReplay replay, Event end) throws Exception {
    LinkStatus status = statusOf(end);
    if (status.code() != Code.CANCELLED) {
      replay.give(new Input.RemoteEnded(status));
      assertThat(replay.isClosed()).as(end.scenario()).isTrue();
    }
  }

  private static LinkStatus statusOf(Event end) {
    String code = end.arguments().get(0);
    return code.equals("OK") || code.equals("-")
        ? LinkStatus.OK
        : LinkStatus.of(Code.valueOf(code), end.arguments().get(1));
  }

  @Test
  void shouldDialAgainAtTheRecordedTimes() {
    Map<String, List<Event>> streams = RecordedEvents.byScenario("probes-dialer.tsv");
    int checked = 0;
    for (String code :
        List.of(
            "FAILED_PRECONDITION",
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
            "PERMISSION_DENIED",
            "INTERNAL")) {
      String scenario =
          "every stream ends with " + code + " after Open and the four subscriptions were read #";
      for (int n = 1; streams.containsKey(scenario + (n + 1)); n++) {
        List<Event> before = streams.get(scenario + n);
        long ended = before.get(before.size() - 1).millis();
        long again = streams.get(scenario + (n + 1)).get(0).millis();
        long delay = RedialDelays.millisAfter(Code.valueOf(code), n);
        assertThat(again - ended).as(scenario + n).isBetween(delay - 1, 2 * delay + 60);
        checked++;
      }
    }
    assertThat(checked).isEqualTo(28);
  }
}
