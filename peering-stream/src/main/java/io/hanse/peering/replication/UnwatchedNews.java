package io.hanse.peering.replication;

import io.hanse.peering.LogPace;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Says that queries can't be watched. It is said of all together: once the watches are taken that
 * is so for thousands of them, each time that they are asked. Safe from any thread.
 */
final class UnwatchedNews {
  private final LogPace pace = new LogPace();
  private final Consumer<String> lines;

  UnwatchedNews(Consumer<String> lines) {
    this.lines = lines;
  }

  /** A query is not watched. */
  void met(long nowMillis, String cause) {
    OptionalLong leftOut = pace.dueOfMany("unwatched", nowMillis);
    if (leftOut.isPresent()) {
      lines.accept(
          "query not watched, asked again every "
              + WatchedQuery.UNWATCHED_MILLIS / 1_000
              + " s others="
              + leftOut.getAsLong()
              + " cause="
              + cause);
    }
  }
}
