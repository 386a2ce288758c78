package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.Status;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.protocol.PeerResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
  private final List<String> lines = new ArrayList<>();
  private final RefusalLog log = new RefusalLog("west", lines::add);

  private void refuse(String service, String reason) {
    ImportChange taken = ImportChange.newBuilder().setService("taken").build();
    ImportChange refused = ImportChange.newBuilder().setService(service).build();
    log.refused(List.of(taken, refused), Map.of(1, reason));
  }

  @Test
  void shouldNameThePeerTheServiceAndTheReasonOnOneLine() {
    refuse("web\nx", "no\nroom");
    assertThat(lines)
        .containsExactly(
            "change of peer refused peer=west refusals=1 service=\"web\\nx\" cause=\"no\\nroom\"");
  }

  @Test
  void shouldNameThePeerTheTypeAndTheReasonOfARefusedResource() {
    log.refused(
        Request.newBuilder()
            .setResourceUrl(PeerResources.TRUST_BUNDLE.url())
            .setError(Status.newBuilder().setMessage("no\nroots"))
            .build());
    assertThat(lines)
        .containsExactly(
            "resource of peer refused peer=west refusals=1 type=\""
                + PeerResources.TRUST_BUNDLE.url()
                + "\" cause=\"no\\nroots\"");
  }

  @Test
  void shouldGrowMoreSlowlyThanTheRefusals() {
    for (int i = 0; i < 10_000; i++) {
      refuse("web", "no");
    }
    assertThat(lines).hasSizeBetween(25, 30);
  }
}
