package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnwatchedNewsTest {
  private final List<String> lines = new ArrayList<>();
  private final UnwatchedNews news = new UnwatchedNews(lines::add);

  /** A thousand queries, asked again every ten seconds. */
  @Test
  void shouldSayItOnceAndThenEachMinuteHowOften() {
    for (long seconds = 0; seconds <= 130; seconds += 10) {
      for (int query = 0; query < 1_000; query++) {
        news.met(seconds * 1_000, "full");
      }
    }
    assertThat(lines)
        .containsExactly(
            "query not watched, asked again every 10 s others=0 cause=full",
            "query not watched, asked again every 10 s others=5999 cause=full",
            "query not watched, asked again every 10 s others=5999 cause=full");
  }
}
