package io.hanse.http.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code docs/operations/metrics.md} is the table of metrics; {@code -Drewrite} writes it anew. */
class MetricTest {
  private static final Path DOCUMENT = Path.of("../docs/operations/metrics.md");
  private static final String INTRODUCTION =
      """
      # Metrics of a server

      Generated from `io.hanse.http.metrics.Metric` by `MetricTest` (`-Drewrite`).

      `GET /v1/agent/metrics` answers gauges of the moment as JSON, and for Prometheus with
      `?format=prometheus` or its `Accept` header: there with underscores for dots and the sentence below
      as `HELP`. Those of a peering have the labels `peer_id` and `peer_name`, and are told by the leader
      only, so that nothing is counted twice. What a proxy tells is in [proxies.md](proxies.md).

      So while no server leads, the gauges of peerings are absent from all servers: an alarm on their values alone
      stays silent then. Set one on their absence besides (`absent(consul_peering_healthy)`), and one on no server
      that says `consul.server.isLeader` is 1.

      | Name | |
      |---|---|
      """;

  /** One sentence, in the characters that need no escape in the text of Prometheus. */
  @ParameterizedTest
  @EnumSource
  void shouldSayWhatItIs(Metric metric) {
    assertThat(metric.help())
        .matches("[A-Z0-9][ -\\[\\]-~]{15,}[^.]\\.")
        .doesNotContain(metric.dotted(), metric.plain());
    assertThat(metric.help()).containsPattern("^(1 while|Number of|Bytes|Seconds|Index)\\b");
  }

  @Test
  void shouldBeInTheOrderOfTheNames() {
    List<String> names = Arrays.stream(Metric.values()).map(Metric::dotted).toList();

    assertThat(names).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void shouldBeInTheDocument() throws IOException {
    StringBuilder document = new StringBuilder(INTRODUCTION);
    for (Metric metric : Metric.values()) {
      document.append("| `%s` | %s |\n".formatted(metric.dotted(), metric.help()));
    }
    if (System.getProperty("rewrite") != null) {
      Files.writeString(DOCUMENT, document);
    }
    assertThat(DOCUMENT).content().isEqualTo(document.toString());
  }
}
