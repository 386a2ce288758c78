package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.RecordedEvents.Event;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What two real clusters said to each other, with our rules in the place of either. */
class RecordedConversationTest {
  private static final String ACCEPTOR = "acceptor";
  private static final String DIALER = "dialer";

  @Test
  void shouldEncodeEveryRecordedMessageAsConsulDoes() throws Exception {
    List<List<String>> lines = RecordedEvents.lines("golden-messages.tsv");
    for (List<String> line : lines) {
      byte[] recorded = Base64.getDecoder().decode(line.get(2));
      ReplicationMessage message = ReplicationMessage.parseFrom(recorded);
      assertThat(message.getUnknownFields().asMap()).as(line.get(1)).isEmpty();
      ByteString.Output out = ByteString.newOutput();
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.useDeterministicSerialization();
      message.writeTo(coded);
      coded.flush();
      assertThat(out.toByteString().toByteArray()).as(line.get(1)).isEqualTo(recorded);
    }
    assertThat(lines).hasSize(48);
  }

  @Test
  void shouldSpeakAsTheRecordedAcceptor() throws Exception {
    int checked = 0;
    for (Map.Entry<String, List<Event>> stream : streams("conversation.tsv").entrySet()) {
      checked += replayAcceptor(stream.getKey(), stream.getValue());
    }
    assertThat(checked).isEqualTo(142);
  }

  @Test
  void shouldSpeakAsTheRecordedDialer() throws Exception {
    int checked = 0;
    for (Map.Entry<String, List<Event>> stream : streams("conversation.tsv").entrySet()) {
      checked += replayDialer(stream.getKey(), stream.getValue());
    }
    assertThat(checked).isEqualTo(151);
  }

  @Test
  void shouldKeepTheRecordedTimes() throws Exception {
    int checked = 0;
    for (Map.Entry<String, List<Event>> probe : streams("probes-timing.tsv").entrySet()) {
      checked += replayAcceptor(probe.getKey(), probe.getValue());
    }
    assertThat(checked).isEqualTo(31);
  }

  /** Streams in which the acceptor said anything: not those that a follower refused. */
  private static Map<String, List<Event>> streams(String file) {
    Map<String, List<Event>> streams = RecordedEvents.byScenario(file);
    streams.values().removeIf(events -> events.stream().noneMatch(e -> e.isFrom(ACCEPTOR)));
    return streams;
  }

  static int replayAcceptor(String name, List<Event> events) throws Exception {
    StreamReplay replay = new StreamReplay(name, PeerResources.acceptor(StreamLimits.DEFAULT));
    long began = events.get(0).millis();
    for (Event event : events) {
      replay.at(event.millis() - began);
      if (event.isFrom(ACCEPTOR)) {
        replay.expect(event.message());
      } else if (event.isFrom(DIALER) && event.message().hasOpen()) {
        replay.start();
      } else if (event.isFrom(DIALER)) {
        replay.received(event.message());
      } else if (event.kind().equals("end")) {
        expectEnd(replay, event);
      }
    }
    replay.expectNothingElse();
    return replay.checked();
  }

  private static void expectEnd(StreamReplay replay, Event end) throws Exception {
    String code = end.arguments().get(0);
    String text = end.arguments().get(1);
    if (text.startsWith("node is not a leader")) {
      replay.give(new Input.LeadershipLost(Optional.empty()));
      replay.expectClose(LinkStatus.of(LinkStatus.Code.FAILED_PRECONDITION, text));
    } else if (text.equals("heartbeat timeout")) {
      replay.give(new Input.Tick());
      replay.expectClose(LinkStatus.of(LinkStatus.Code.UNKNOWN, text));
    } else if (code.equals("CANCELLED")) {
      // Of this the client hears nothing: Consul's words for its own log quote what ours are.
      LinkStatus cancelled = LinkStatus.of(LinkStatus.Code.CANCELLED, "context canceled");
      assertThat(text).endsWith("rpc error: code = Canceled desc = " + cancelled.text());
      replay.give(new Input.RemoteEnded(cancelled));
      replay.expectClose(cancelled);
    } else if (code.equals("-")) {
      // Either the script was over, or the stream ended well after a Terminated.
      replay.close().ifPresent(close -> assertThat(close.status()).isEqualTo(LinkStatus.OK));
    } else {
      throw new AssertionError("no such end: " + end);
    }
  }

  private static int replayDialer(String name, List<Event> events) throws Exception {
    String peerId = events.get(0).message().getOpen().getPeerId();
    StreamReplay replay =
        new StreamReplay(name, PeerResources.dialer(peerId, StreamLimits.DEFAULT));
    long began = events.get(0).millis();
    for (Event event : events) {
      replay.at(event.millis() - began);
      if (event.isFrom(DIALER) && event.message().hasOpen()) {
        replay.start();
      } else if (event.isFrom(DIALER)) {
        replay.expect(event.message());
      } else if (event.isFrom(ACCEPTOR)) {
        replay.received(event.message());
      }
    }
    replay.expectNothingElse();
    return replay.checked();
  }
}
