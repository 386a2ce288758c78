package io.hanse.raft;

import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.Stage;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What a server waits for that is of no cluster yet: at first after a time in which servers that
 * are started together find each other, then again and again. One thread.
 */
final class FormationNews {
  private static final long NOTABLE_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long AGAIN_NANOS = Duration.ofSeconds(60).toNanos();

  private static final String NO_CLUSTER =
      "no cluster yet, nothing can be read or written: this server ";

  private final RaftSettings settings;
  private final LongSupplier nanoClock;
  private final Consumer<String> log;
  private long dueNanos;

  FormationNews(RaftSettings settings, LongSupplier nanoClock, Consumer<String> log) {
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.log = log;
    dueNanos = nanoClock.getAsLong() + NOTABLE_NANOS;
  }

  /** Says it where it is time to. */
  void waits(List<Account> others) {
    if (isDue()) {
      log.accept(line(others));
    }
  }

  /** The same of a step that failed: who has all that it waits for may be held up by that. */
  void fails(List<Account> others, Throwable failure) {
    if (isDue()) {
      log.accept(failing(others, failure));
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
    return NO_CLUSTER
        + what
        + (others.isEmpty() ? "; no other server answers" : "")
        + named(others);
  }

  /** The words where it is no lack of servers, as far as is known. */
  String failing(List<Account> others, Throwable failure) {
    Throwable cause = Problems.cause(failure);
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return NO_CLUSTER
        + "can't begin or join one, and tries again failure=\""
        + why
        + "\""
        + named(others);
  }

  private String named(List<Account> others) {
    return " others="
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
