package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.LogPace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RivalRootsTest {
  private final LogPace pace = new LogPace();
  private final List<String> lines = new ArrayList<>();
  private long nowMillis;

  static RivalRoots silent() {
    return new RivalRoots("id", "peer", new LogPace(), () -> 0, line -> {});
  }

  /** As a stream of its own each time, as by who comes anew for every bundle. */
  private void bring() {
    new RivalRoots("id", "west", pace, () -> nowMillis, lines::add)
        .brought("there.consul", List.of("east"));
  }

  @Test
  void shouldNotGrowWithWhatAPeerSends() {
    for (int i = 0; i < 1_000; i++) {
      bring();
    }
    assertThat(lines)
        .hasSizeLessThan(10)
        .first()
        .asString()
        .endsWith("peer=west others=[east] trust_domain=\"there.consul\" not_told=0");

    nowMillis += 60_000;
    int before = lines.size();
    bring();
    assertThat(lines).hasSize(before + 1);
    assertThat(lines.get(before)).endsWith("not_told=" + (1_000 - before));
  }
}
