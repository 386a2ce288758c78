package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ServiceReceipt;
import io.hanse.peering.protocol.Effect;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said to be with the other end, over breaks of the link. */
class ConfirmedExportsTest {
  private static final String ID = "a1fa0000-0000-4000-8000-000000000001";

  private final StreamStatuses statuses = new StreamStatuses(() -> 0);
  private Object stream = new Object();

  private void connect() {
    stream = new Object();
    statuses.claim(ID, stream);
  }

  private void export(String... names) {
    statuses.report(
        ID,
        stream,
        PeerStreamStatus.newBuilder().addAllExportedServices(List.of(names)).build(),
        0);
  }

  private void confirm(String name, long index, boolean gone) {
    statuses.confirmed(ID, stream, new Effect.Confirmed(name, index, index, gone), 5_000);
  }

  private List<ServiceReceipt> receipts() {
    return statuses.shown(ID, true).getReceiptsList();
  }

  @Test
  void shouldForgetWhatTheOtherEndForgotWithoutSayingSo() {
    connect();
    export("api", "old", "web");
    confirm("web", 7, false);
    confirm("old", 7, false);
    confirm("web-sidecar-proxy", 8, false);
    assertThat(receipts()).hasSize(3);

    // The answer by which it forgets does not arrive.
    export("api", "web");
    connect();
    confirm("web", 0, false);
    confirm("web-sidecar-proxy", 0, false);
    confirm("api", 9, false);
    assertThat(receipts())
        .extracting(ServiceReceipt::getService)
        .containsExactly("api", "web", "web-sidecar-proxy");
    assertThat(receipts())
        .as("as of the stream before, where nothing was sent")
        .extracting(ServiceReceipt::getImporterIndex)
        .containsExactly(9L, 7L, 8L);

    confirm("api", 10, true);
    assertThat(receipts()).hasSize(2);
  }

  @Test
  void shouldKnowAfterManyBreaksWhatWasSentBefore() {
    connect();
    export("web");
    confirm("web", 7, false);
    connect();
    connect();
    assertThat(receipts()).as("not confirmed yet").isEmpty();
    confirm("web", 0, false);
    assertThat(receipts()).extracting(ServiceReceipt::getExporterIndex).containsExactly(7L);
  }
}
