package io.hanse.peering.protocol;

import static io.hanse.peering.protocol.PeerResources.SERVICE;
import static io.hanse.peering.protocol.PeerResources.SERVICE_LIST;
import static io.hanse.peering.protocol.PeerResources.SERVICE_LIST_ID;
import static io.hanse.peering.protocol.StreamProbe.list;
import static io.hanse.peering.protocol.StreamProbe.response;
import static io.hanse.peering.protocol.StreamProbe.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a stream does with services that came after a list that does not name them. */
class StrayServicesTest {
  @Test
  void shouldStoreTheListAgainAfterAServiceThatItDoesNotName() {
    StreamProbe probe = StreamProbe.acceptor();
    store(probe, response("00000001", SERVICE_LIST, SERVICE_LIST_ID, list("web", "api")));
    store(probe, response("00000002", SERVICE, "Web", service("Web", 80)));
    store(probe, response("00000003", SERVICE, "api-sidecar-proxy", service("api", 80)));
    assertThat(probe.after(StrayServices.GRACE_MILLIS).all(Effect.Import.class)).isEmpty();

    store(probe, response("00000004", SERVICE_LIST, SERVICE_LIST_ID, list("web")));
    store(probe, response("00000005", SERVICE, "api", service("api", 80)));
    assertThat(probe.after(StrayServices.GRACE_MILLIS - 1).all(Effect.Import.class)).isEmpty();
    Effect.Import again = onlyImport(probe.after(1));

    assertThat(again.type()).isEqualTo(SERVICE_LIST);
    assertThat(PeerResources.namesIn(again.payload())).containsExactly("web");
    probe.on(new Input.ImportFinished(again.sequence(), Optional.empty()));
    // Nobody waits for an answer to what was not received.
    assertThat(probe.requests()).isEmpty();
    assertThat(probe.after(StrayServices.GRACE_MILLIS).all(Effect.Import.class)).isEmpty();
  }

  @Test
  void shouldLetANewerListDecideAboutAServiceThatTheLastDidNotName() {
    StreamProbe probe = StreamProbe.acceptor();
    store(probe, response("00000001", SERVICE_LIST, SERVICE_LIST_ID, list()));
    store(probe, response("00000002", SERVICE, "web", service("web", 80)));
    store(probe, response("00000003", SERVICE_LIST, SERVICE_LIST_ID, list("web")));

    assertThat(probe.after(StrayServices.GRACE_MILLIS).all(Effect.Import.class)).isEmpty();
  }

  @Test
  void shouldNotStoreAnOldListBehindANewerOneThatStillWaits() {
    StreamProbe probe = StreamProbe.acceptor();
    store(probe, response("00000001", SERVICE_LIST, SERVICE_LIST_ID, list()));
    store(probe, response("00000002", SERVICE, "web", service("web", 80)));
    probe.receive(response("00000003", SERVICE_LIST, SERVICE_LIST_ID, list("web")));
    Effect.Import newer = probe.all(Effect.Import.class).get(0);

    probe.after(StrayServices.GRACE_MILLIS);
    probe.on(new Input.ImportFinished(newer.sequence(), Optional.empty()));
    assertThat(probe.all(Effect.Import.class)).isEmpty();
  }

  @Test
  void shouldQueueAListOnceHoweverLongStoringItTakes() {
    StreamProbe probe = StreamProbe.acceptor();
    store(probe, response("00000001", SERVICE_LIST, SERVICE_LIST_ID, list()));
    store(probe, response("00000002", SERVICE, "web", service("web", 80)));
    Effect.Import again = onlyImport(probe.after(StrayServices.GRACE_MILLIS));

    probe.after(StrayServices.GRACE_MILLIS).after(StrayServices.GRACE_MILLIS);
    probe.on(new Input.ImportFinished(again.sequence(), Optional.of("no leader")));
    assertThat(probe.all(Effect.Import.class)).isEmpty();
    assertThat(probe.after(StrayServices.GRACE_MILLIS - 1).all(Effect.Import.class)).isEmpty();
    onlyImport(probe.after(1));
  }

  /** A Consul sends it no second time, since it did not change. */
  @Test
  void shouldStoreAgainWhatItTookAwayOnceAListNamesIt() {
    StreamProbe probe = StreamProbe.acceptor();
    takeAway(probe, "Web", "api");

    Effect.Import list = receiveListOfWeb(probe);
    probe.on(new Input.ImportFinished(list.sequence(), Optional.empty()));
    Effect.Import again = onlyImport(probe);
    assertThat(again.id()).isEqualTo("Web");
    assertThat(again.payload()).isEqualTo(Any.pack(service("Web", 80)));
    assertThat(probe.requests()).hasSize(1);
    probe.on(new Input.ImportFinished(again.sequence(), Optional.empty()));
    // It answers nothing that was received.
    assertThat(probe.requests()).isEmpty();

    store(probe, response("00000010", SERVICE_LIST, SERVICE_LIST_ID, list("web")));
    assertThat(probe.all(Effect.Import.class)).isEmpty();
  }

  /** The list that comes next takes them away as well, before the old one was due again. */
  @Test
  void shouldStoreAgainWhatAnyListTookAway() {
    StreamProbe probe = StreamProbe.acceptor();
    store(probe, response("00000001", SERVICE_LIST, SERVICE_LIST_ID, list()));
    store(probe, response("00000002", SERVICE, "web", service("web", 80)));
    store(probe, response("00000003", SERVICE_LIST, SERVICE_LIST_ID, list("api")));
    store(probe, response("00000004", SERVICE_LIST, SERVICE_LIST_ID, list("web")));
    assertThat(onlyImport(probe).id()).isEqualTo("web");
  }

  @Test
  void shouldNotPutTheOldBehindWhatCameAnew() {
    StreamProbe probe = StreamProbe.acceptor();
    takeAway(probe, "web");

    Effect.Import list = receiveListOfWeb(probe);
    probe.receive(response("00000010", SERVICE, "web", service("web", 81)));
    probe.on(new Input.ImportFinished(list.sequence(), Optional.empty()));
    assertThat(onlyImport(probe).payload()).isEqualTo(Any.pack(service("web", 81)));
  }

  @Test
  void shouldTellWhatItCouldNotStoreAgain() {
    StreamProbe probe = StreamProbe.acceptor();
    takeAway(probe, "web");
    Effect.Import list = receiveListOfWeb(probe);
    probe.on(new Input.ImportFinished(list.sequence(), Optional.empty()));
    Effect.Import again = onlyImport(probe);
    probe.on(new Input.ImportFinished(again.sequence(), Optional.of("the quota is used up")));
    assertThat(probe.requests()).isEmpty();
    assertThat(probe.all(Effect.Report.class))
        .anySatisfy(
            report ->
                assertThat(report.status().getRefusedImportsMap().get("web").getReason())
                    .contains("the quota is used up"));
  }

  @Test
  void shouldBeginAnewWhereMoreCameThanItKeeps() {
    StreamProbe probe = StreamProbe.acceptor();
    store(probe, response("00000001", SERVICE_LIST, SERVICE_LIST_ID, list()));
    int[] ports = IntStream.range(0, 20_000).toArray();
    int bytes = 0;
    for (int i = 2; bytes <= StrayServices.BYTES_MAX; i++) {
      assertThat(probe.after(1).close()).isEmpty();
      Response.Builder large = response("0000000" + i, SERVICE, "s" + i, service("s" + i, ports));
      bytes += large.build().getSerializedSize();
      store(probe, large);
    }
    assertThat(probe.after(1).close())
        .hasValueSatisfying(
            close -> assertThat(close.status().code()).isEqualTo(LinkStatus.Code.UNAVAILABLE));
  }

  private static Effect.Import receiveListOfWeb(StreamProbe probe) {
    return onlyImport(
        probe.receive(response("00000009", SERVICE_LIST, SERVICE_LIST_ID, list("web"))));
  }

  /** Stores services that no list names, and lets the time pass after which they are taken away. */
  private static void takeAway(StreamProbe probe, String... services) {
    store(probe, response("00000001", SERVICE_LIST, SERVICE_LIST_ID, list()));
    for (int i = 0; i < services.length; i++) {
      store(probe, response("0000000" + (i + 2), SERVICE, services[i], service(services[i], 80)));
    }
    Effect.Import list = onlyImport(probe.after(StrayServices.GRACE_MILLIS));
    probe.on(new Input.ImportFinished(list.sequence(), Optional.empty()));
    assertThat(probe.all(Effect.Import.class)).isEmpty();
  }

  private static Effect.Import onlyImport(StreamProbe probe) {
    assertThat(probe.all(Effect.Import.class)).hasSize(1);
    return probe.all(Effect.Import.class).get(0);
  }

  private static void store(StreamProbe probe, Response.Builder response) {
    Effect.Import handed = probe.receive(response).all(Effect.Import.class).get(0);
    probe.on(new Input.ImportFinished(handed.sequence(), Optional.empty()));
    assertThat(probe.requests()).hasSize(1);
  }
}
