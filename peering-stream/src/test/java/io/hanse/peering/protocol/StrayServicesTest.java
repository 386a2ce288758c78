package io.hanse.peering.protocol;

import static io.hanse.peering.protocol.PeerResources.SERVICE;
import static io.hanse.peering.protocol.PeerResources.SERVICE_LIST;
import static io.hanse.peering.protocol.PeerResources.SERVICE_LIST_ID;
import static io.hanse.peering.protocol.StreamProbe.list;
import static io.hanse.peering.protocol.StreamProbe.response;
import static io.hanse.peering.protocol.StreamProbe.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.Optional;
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
