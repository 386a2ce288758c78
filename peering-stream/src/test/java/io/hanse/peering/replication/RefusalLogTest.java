package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.ImportChange;
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
  void shouldGrowMoreSlowlyThanTheRefusals() {
    for (int i = 0; i < 10_000; i++) {
      refuse("web", "no");
    }
    assertThat(lines).hasSizeBetween(25, 30);
  }
}
