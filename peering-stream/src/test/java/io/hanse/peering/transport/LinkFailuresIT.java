package io.hanse.peering.transport;

import static io.hanse.peering.transport.PeerCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ExportProblem;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.identity.CaPlan;
import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.identity.KeptLeaf;
import io.hanse.identity.RootKey;
import io.hanse.identity.ServerCertificate;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.replication.ReplicationSettings;
import io.hanse.peering.replication.SimCommands;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What a peering must survive, over a link that a test breaks. Beta dials alpha and imports. */
@Order(2)
class LinkFailuresIT {
  private static final long HEARTBEAT_MILLIS = 200;
  private static final long FRESH_MILLIS = 2_500;

  /** After the bound, to be seen: each look waits for the other side's. */
  private static final long LATE_MILLIS_MAX = 2_000;

  private static final int MESSAGE_BYTES_MAX = 20_000;

  private PeerCluster alpha;
  private PeerCluster beta;
  private FaultyLink link;

  @BeforeEach
  void peer() throws Exception {
    StreamLimits usual = StreamLimits.DEFAULT;
    ReplicationSettings settings =
        ReplicationSettings.DEFAULT.withStream(
            new StreamLimits(
                HEARTBEAT_MILLIS,
                usual.silenceMillisMax(),
                usual.drainMillisMax(),
                usual.unackedMax(),
                usual.pendingImportsMax(),
                usual.pendingImportBytesMax(),
                usual.burstBytesMax(),
                MESSAGE_BYTES_MAX));
    alpha = new PeerCluster("dc-alpha", settings, FRESH_MILLIS);
    beta = new PeerCluster("dc-beta", settings, FRESH_MILLIS);
    link = new FaultyLink(alpha.server.server.port());
    alpha.acceptFrom(beta, link.address());
    alpha.awaitActiveWith(beta);
  }

  @AfterEach
  void stop() throws Exception {
    beta.close();
    alpha.close();
    link.close();
  }

  private void awaitImported(String service, String... lines) {
    eventually(() -> assertThat(beta.imported("alpha", service)).containsExactly(lines));
  }

  private static void submit(PeerCluster at, Command command) {
    at.server.cluster.submit(command).join();
  }

  private void export(String... services) {
    submit(alpha, SimCommands.export("beta", List.of(services)));
  }

  /** By what each side says itself of how long ago it heard the other. */
  @Test
  void shouldLeaveActiveWhenTheLinkIsHalfOpen() {
    link.freeze();
    long frozenMillis = System.currentTimeMillis();

    Map<PeerCluster, Peering> failing = new HashMap<>();
    eventually(
        () -> {
          lookAt(alpha, beta, failing);
          lookAt(beta, alpha, failing);
          assertThat(failing).hasSize(2);
        });
    failing.forEach(
        (side, seen) -> {
          PeeringDetail detail = seen.getDetail();
          assertThat(millis(detail.getSilence()))
              .as("from the last that %s heard", side.name)
              .isBetween(FRESH_MILLIS, FRESH_MILLIS + LATE_MILLIS_MAX);
          assertThat(millis(detail.getLastConfirmed()))
              .as("what was heard is not younger than the link")
              .isBetween(frozenMillis - LATE_MILLIS_MAX, frozenMillis + HEARTBEAT_MILLIS);
          assertThat(detail.getReason()).contains("nothing was heard for");
        });

    link.mend();
    link.reset();
    alpha.awaitActiveWith(beta);
  }

  /** Keeps what is seen first of a peering that has left ACTIVE. */
  private static void lookAt(
      PeerCluster side, PeerCluster other, Map<PeerCluster, Peering> failing) {
    if (failing.containsKey(side)) {
      return;
    }
    Peering seen = side.overlaid(other.name);
    if (seen.getState() == PeeringState.ACTIVE) {
      assertThat(millis(seen.getDetail().getSilence())).isLessThanOrEqualTo(FRESH_MILLIS);
    } else {
      assertThat(seen.getState()).isEqualTo(PeeringState.FAILING);
      failing.put(side, seen);
    }
  }

  private static long millis(com.google.protobuf.Duration span) {
    return Duration.ofSeconds(span.getSeconds(), span.getNanos()).toMillis();
  }

  private static long millis(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toEpochMilli();
  }

  @Test
  void shouldFailAndReturnWhenTheCertificateExpires() throws Exception {
    InstantSource past = () -> Instant.now().minus(Duration.ofDays(4));
    TestServer server = alpha.server;
    CaService authority =
        new CaService(
            CaSettings.defaults("dc-alpha"),
            server.cluster,
            server.cluster,
            server.cluster,
            past,
            server.executor);
    try (ServerCertificate expired =
        new ServerCertificate(
            "dc-alpha", authority, server.cluster, past, server.executor, KeptLeaf.nowhere())) {
      expired.start();
      eventually(() -> assertThat(expired.leaf()).isPresent());
      try (ExternalGrpcServer other =
          ExternalGrpcServer.start(
              ExternalGrpcSettings.of("127.0.0.1", 0), expired, List.of(), server.executor)) {
        failAndReturn(other.port(), "expired");
      }
    }
  }

  @Test
  void shouldFailAndReturnWhenAnotherAuthorityAnswers() throws Exception {
    try (TestServer other = new TestServer("dc-alpha", outbound -> new RecordingInbound())) {
      failAndReturn(other.server.port(), "");
    }
  }

  /** Whoever answers for alpha is not believed, and what was imported of it stays. */
  private void failAndReturn(int port, String why) {
    submit(alpha, SimCommands.register("n1", "web", 80, "passing"));
    export("web");
    awaitImported("web", "web-n1 [passing]");
    long index = beta.importedIndex("alpha", "web");

    link.leadTo(port);

    eventually(
        () -> {
          Peering seen = beta.overlaid("alpha");
          assertThat(seen.getState()).isEqualTo(PeeringState.FAILING);
          assertThat(seen.getDetail().getReason())
              .contains("the certificate of " + link.address() + " is not trusted: ", why)
              .contains("establish the peering again with a new token from there");
        });
    assertThat(alpha.isActive(beta)).isFalse();
    assertThat(beta.imported("alpha", "web")).containsExactly("web-n1 [passing]");

    link.leadTo(alpha.server.server.port());

    alpha.awaitActiveWith(beta);
    assertThat(beta.imported("alpha", "web")).containsExactly("web-n1 [passing]");
    assertThat(beta.importedIndex("alpha", "web")).as("nobody has touched it").isEqualTo(index);
    submit(alpha, SimCommands.register("n1", "web", 80, "warning"));
    awaitImported("web", "web-n1 [warning]");
  }

  @Test
  void shouldFollowAScaleToZeroAndBackWhileTheLinkIsDown() {
    export("web", "gone");
    submit(alpha, SimCommands.register("n1", "web", 80, "passing"));
    submit(alpha, SimCommands.register("n1", "gone", 80, "passing"));
    awaitImported("web", "web-n1 [passing]");
    awaitImported("gone", "gone-n1 [passing]");
    link.cut();

    submit(alpha, SimCommands.deregister("n1", "web-n1"));
    submit(alpha, SimCommands.deregister("n1", "gone-n1"));
    submit(alpha, SimCommands.register("n2", "web", 80, "warning"));
    link.mend();

    awaitImported("web", "web-n2 [warning]");
    awaitImported("gone");
    alpha.awaitActiveWith(beta);
  }

  @Test
  void shouldLeaveTheLocalServiceOfANameWhenTheImportedOneGoes() {
    submit(beta, SimCommands.register("n1", "web", 80, "passing"));
    submit(alpha, SimCommands.register("n1", "web", 80, "warning"));
    export("web");
    awaitImported("web", "web-n1 [warning]");
    assertThat(beta.imported("", "web")).containsExactly("web-n1 [passing]");

    export();

    awaitImported("web");
    assertThat(beta.imported("", "web")).containsExactly("web-n1 [passing]");
  }

  @Test
  void shouldNotDeclareHealthyRemotesDeadWhenTheImporterRestarts() {
    submit(alpha, SimCommands.register("n1", "web", 80, "passing"));
    export("web");
    awaitImported("web", "web-n1 [passing]");
    long before = beta.importedIndex("alpha", "web");

    beta.server.cluster.lead(false);
    beta.server.cluster.lead(true);
    alpha.awaitActiveWith(beta);
    submit(alpha, SimCommands.register("n1", "other", 80, "passing"));
    export("web", "other");
    awaitImported("other", "other-n1 [passing]");

    assertThat(beta.imported("alpha", "web")).containsExactly("web-n1 [passing]");
    assertThat(beta.importedIndex("alpha", "web")).as("nobody has touched it").isEqualTo(before);
  }

  @Test
  void shouldReturnAfterTheRootWasRotatedWhileTheLinkWasDown() {
    link.cut();
    eventually(() -> assertThat(beta.isActive(alpha)).isFalse());
    CaConfiguration stored;
    try (View view = alpha.server.cluster.view()) {
      stored = new Ca(view).configuration().orElseThrow();
    }
    Struct config =
        stored.getConfig().toBuilder()
            .putFields("PrivateKeyType", Value.newBuilder().setStringValue("ec").build())
            .putFields("PrivateKeyBits", Value.newBuilder().setNumberValue(384).build())
            .build();
    alpha
        .server
        .authority
        .configure(
            new CaPlan(
                stored.toBuilder().setConfig(config).build(),
                RootKey.of(config),
                Duration.ofDays(3_650)))
        .join();
    assertThat(alpha.server.roots()).hasSize(2);

    link.mend();

    alpha.awaitActiveWith(beta);
    eventually(
        () ->
            assertThat(beta.peering("alpha").orElseThrow().getPeerCaPemsList())
                .containsExactlyInAnyOrderElementsOf(alpha.server.roots()));
    link.reset();
    alpha.awaitActiveWith(beta);
  }

  @Test
  void shouldNameWhatAnImporterAtItsQuotaRefuses() {
    eventually(() -> assertThat(beta.trustBundle("alpha")).isPresent());
    quota(1);
    submit(alpha, SimCommands.register("n1", "web", 80, "passing"));
    export("web");

    eventually(
        () -> {
          List<ExportProblem> problems = alpha.overlaid("beta").getDetail().getExportProblemsList();
          assertThat(problems).extracting(ExportProblem::getResource).contains("web");
          assertThat(problems).allMatch(ExportProblem::getByPeer);
        });
    assertThat(beta.imported("alpha", "web")).isEmpty();
    alpha.awaitActiveWith(beta);

    quota(StoreSettings.QUOTA_ROWS_MAX);
    submit(alpha, SimCommands.register("n1", "web", 81, "passing"));
    awaitImported("web", "web-n1 [passing]");
    eventually(
        () -> assertThat(alpha.overlaid("beta").getDetail().getExportProblemsList()).isEmpty());
  }

  private void quota(long rows) {
    submit(
        beta,
        Command.newBuilder()
            .setWriteQuota(
                WriteQuota.newBuilder().setRowsMax(rows).setBytesMax(StoreSettings.QUOTA_BYTES_MAX))
            .build());
  }

  @Test
  void shouldRefuseWhatIsTooLargeByNameWhileOthersGoOn() {
    NodeService.Builder big = NodeService.newBuilder().setId("big-n1").setService("big");
    for (int i = 0; i < 60; i++) {
      big.putMeta("key-" + i, "x".repeat(500));
    }
    submit(
        alpha,
        Command.newBuilder()
            .setRegister(
                RegisterCatalog.newBuilder()
                    .setNode(Node.newBuilder().setNode("n1").setAddress("10.0.0.1"))
                    .setService(big))
            .build());
    submit(alpha, SimCommands.register("n1", "web", 80, "passing"));
    export("big", "web");

    awaitImported("web", "web-n1 [passing]");
    eventually(
        () ->
            assertThat(alpha.overlaid("beta").getDetail().getExportProblemsList())
                .extracting(ExportProblem::getResource, ExportProblem::getByPeer)
                .containsExactly(tuple("big", false)));
    submit(alpha, SimCommands.register("n1", "web", 80, "critical"));
    awaitImported("web", "web-n1 [critical]");
  }
}
