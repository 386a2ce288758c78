package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.proto.PeerStreamStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusRecorderTest {
  private final StatusRecorder status = new StatusRecorder(PeerStreamStatus.getDefaultInstance());

  /** As the importer does, to which they are one. */
  @Test
  void shouldCountExportedNamesThatDifferByCaseOnce() {
    status.exportedAre(List.of("S7", "s7", "web"));
    assertThat(status.status().getExportedServicesList()).containsExactly("S7", "web");

    status.exportedAre(List.of("s7"));
    assertThat(status.status().getExportedServicesList()).containsExactly("s7");
  }
}
