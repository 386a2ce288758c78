package io.hanse.peering.replication;

import io.hanse.fsm.config.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of the silence of peers is worth a line, whatever their policies are: that one fell silent,
 * and that it is back. For one thread.
 */
final class SilenceNews {
  private final long freshMillis;
  private final Set<String> silent = new TreeSet<>();

  /**
   * Nobody is silent yet.
   *
   * @param freshMillis of silence before there is news
   */
  SilenceNews(long freshMillis) {
    this.freshMillis = freshMillis;
  }

  /** For how long a peer may be silent before there is news. */
  long leftMillis(long silenceMillis) {
    return freshMillis - silenceMillis;
  }

  /** For how long a peer is silent, the first time. */
  Optional<String> fellSilent(String id, long silenceMillis) {
    return silent.add(id) ? Optional.of(text(silenceMillis)) : Optional.empty();
  }

  /** Whether a peer is back of which it was told that it was silent. */
  boolean isBack(String id) {
    return silent.remove(id);
  }

  /** Forgets all others. */
  void retain(Set<String> ids) {
    silent.retainAll(ids);
  }

  private static String text(long silenceMillis) {
    return Durations.text(Duration.ofSeconds(silenceMillis / 1_000));
  }
}
