package io.hanse.peering.protocol;

import static io.hanse.peering.protocol.PeerResources.SERVICE;
import static io.hanse.peering.protocol.StreamProbe.response;
import static io.hanse.peering.protocol.StreamProbe.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.ImportChange;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.AskHeld;
import io.hanse.peering.proto.ChangeSet;
import io.hanse.peering.proto.Changes;
import io.hanse.peering.proto.Extended;
import io.hanse.peering.proto.HeldNames;
import io.hanse.peering.proto.HeldService;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Request;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a peer may make us keep, say and send by few of its own bytes. */
class PeerTextsTest {
  private static final String LONG = "x".repeat(4_000_000);
  private static final int KEPT_MAX = 2_000;

  private static ReplicationMessage extended(Extended.Builder body) {
    return ReplicationMessage.newBuilder().setExtended(body).build();
  }

  @Test
  void shouldKeepTheBeginningOfAText() {
    assertThat(PeerTexts.cut("no room")).isEqualTo("no room");
    assertThat(PeerTexts.cut("x".repeat(1_030)))
        .isEqualTo("x".repeat(1_024) + "... (6 characters more)");
    assertThat(PeerTexts.cut("x".repeat(1_023) + "\ud83d\ude00"))
        .isEqualTo("x".repeat(1_023) + "... (2 characters more)");
  }

  @Test
  void shouldKeepLittleOfTheReasonOfARefusal() {
    StreamProbe probe = StreamProbe.acceptor().subscribeAll();
    probe.offer(SERVICE, "web", service("web", 80));
    probe.receive(StreamProbe.nack(probe.responses().get(0), LONG));
    assertThat(probe.protocol.status().getSerializedSize()).isLessThan(2 * KEPT_MAX);
    assertThat(probe.close()).isEmpty();
  }

  @Test
  void shouldRefuseAResourceWithANameThatIsTooLongAndGoOn() {
    StreamProbe probe = StreamProbe.acceptor();
    probe.receive(response("01", SERVICE, LONG, service("web", 80)));
    assertThat(probe.requests())
        .singleElement()
        .satisfies(
            nack ->
                assertThat(nack.getError().getMessage())
                    .isEqualTo("received a resource ID of 4000000 characters, more than 1024"));
    assertThat(probe.all(Effect.Import.class)).isEmpty();
    assertThat(probe.close()).isEmpty();
    assertThat(probe.protocol.status().getSerializedSize()).isLessThan(KEPT_MAX);
  }

  @Test
  void shouldEndAStreamThatMakesAnswersLong() {
    StreamProbe nonce = StreamProbe.acceptor();
    nonce.receive(response(LONG, SERVICE, "web", service("web", 80)));
    expectShortEnd(nonce);
    StreamProbe url = StreamProbe.acceptor();
    url.receive(Request.newBuilder().setResourceUrl(LONG));
    expectShortEnd(url);
  }

  private static void expectShortEnd(StreamProbe probe) {
    LinkStatus status = probe.close().orElseThrow().status();
    assertThat(status.code()).isEqualTo(LinkStatus.Code.INVALID_ARGUMENT);
    assertThat(status.text()).contains("4000000 characters");
    assertThat(probe.protocol.status().getSerializedSize()).isLessThan(KEPT_MAX);
  }

  @Test
  void shouldSayOnceWhatItHoldsHoweverOftenItIsAsked() {
    StreamProbe importer = StreamProbe.dialer();
    importer.on(new Input.ChangesAgreed());
    importer.on(new Input.HeldRead(new TreeMap<>(Map.of("web", ByteString.copyFromUtf8("mark")))));
    importer.receive(
        extended(
            Extended.newBuilder()
                .setAskHeld(
                    AskHeld.newBuilder()
                        .addAllGroups(IntStream.range(-100, 10_000).boxed().toList())
                        .addAllGroups(Collections.nCopies(10_000, 3)))));
    assertThat(importer.sent()).hasSize(Content.GROUPS);
  }

  @Test
  void shouldEndAStreamThatClaimsToHoldMoreThanAnyImporterDoes() {
    StreamProbe exporter = StreamProbe.acceptor();
    exporter.on(new Input.ChangesAgreed());
    HeldNames.Builder names = HeldNames.newBuilder();
    for (int i = 0; i < 100_000; i++) {
      names.addServices(HeldService.newBuilder().setName("service-" + i));
    }
    exporter.receive(extended(Extended.newBuilder().setHeldNames(names)));
    expectEnd(exporter, "received held names of ");
  }

  private static void expectEnd(StreamProbe probe, String text) {
    LinkStatus status = probe.close().orElseThrow().status();
    assertThat(status.code()).isEqualTo(LinkStatus.Code.INVALID_ARGUMENT);
    assertThat(status.text()).startsWith(text);
  }

  @Test
  void shouldTellThePeerTheBeginningOfAReason() {
    StreamProbe importer = StreamProbe.dialer();
    importer.on(new Input.ChangesAgreed());
    ChangeSet one =
        ChangeSet.newBuilder().addChanges(ImportChange.newBuilder().setService("web")).build();
    importer.receive(
        extended(
            Extended.newBuilder().setChanges(Changes.newBuilder().setNumber(1).setPlain(one))));
    importer.on(new Input.ChangesStored(1, 0, Map.of(0, LONG), Set.of()));
    assertThat(importer.sent())
        .singleElement()
        .satisfies(sent -> assertThat(sent.getSerializedSize()).isLessThan(KEPT_MAX));
    assertThat(importer.protocol.status().getSerializedSize()).isLessThan(2 * KEPT_MAX);
  }

  @Test
  void shouldEndAStreamOfMoreChangesThanCanBeAnswered() {
    StreamProbe importer = StreamProbe.dialer();
    importer.on(new Input.ChangesAgreed());
    ChangeSet empty =
        ChangeSet.newBuilder()
            .addAllChanges(Collections.nCopies(65_537, ImportChange.getDefaultInstance()))
            .build();
    importer.receive(
        extended(Extended.newBuilder().setChanges(Changes.newBuilder().setPlain(empty))));
    assertThat(importer.close().orElseThrow().status().text())
        .isEqualTo("received 65537 changes, more than 65536");
  }
}
