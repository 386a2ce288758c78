package io.hanse.raft;

import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.Stage;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server waits for that is of no cluster yet: at first after a time in which servers that
 * are started together find each other, then again and again. One thread.
 */
final class FormationNews {
  private static final long NOTABLE_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long AGAIN_NANOS = Duration.ofSeconds(60).toNanos();

  private static final Logger LOG = LoggerFactory.getLogger(FormationNews.class);

  private final RaftSettings settings;
  private final LongSupplier nanoClock;
  private long dueNanos;

  FormationNews(RaftSettings settings, LongSupplier nanoClock) {
    this.settings = settings;
    this.nanoClock = nanoClock;
    dueNanos = nanoClock.getAsLong() + NOTABLE_NANOS;
  }

  /** Says it where it is time to. */
  void waits(List<Account> others) {
    if (isDue()) {
      LOG.warn("{}", line(others));
    }
  }

  /** To be asked often. */
  boolean isDue() {
    long now = nanoClock.getAsLong();
    if (now - dueNanos < 0) {
      return false;
    }
    dueNanos = now + AGAIN_NANOS;
    return true;
  }

  /**
   * The words.
   *
   * @param others the servers that answer
   */
  String line(List<Account> others) {
    int expect = settings.bootstrap().expect();
    long alike = others.stream().filter(other -> isCandidate(other, expect)).count() + 1;
    String what =
        expect > 0
            ? "waits for " + expect + " servers to begin with (bootstrap_expect), has " + alike
            : "joins servers of a cluster (no bootstrap_expect here), and reaches none";
    return "no cluster yet, nothing can be read or written: this server "
        + what
        + (others.isEmpty() ? "; no other server answers" : "")
        + " others="
        + others.stream().map(FormationNews::named).sorted().toList()
        + " retry_join="
        + settings.bootstrap().retryJoin();
  }

  private static boolean isCandidate(Account other, int expect) {
    return other.getStage() == Stage.STAGE_EMPTY && other.getBootstrapExpect() == expect;
  }

  private static String named(Account other) {
    return other.getServer().getNode() + ":expects=" + other.getBootstrapExpect();
  }
}
