package io.hanse.cli.agent;

import com.google.protobuf.ByteString;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.ServerCall;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which of the other servers this one hears from while there is no leader: then nobody writes to
 * the catalog that one is silent, which is when an operator most wants to know.
 */
final class ServerEchoes {
  private static final String QUESTION = "server.echo";
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Leadership leadership;
  private final Membership membership;
  private final ServerCall calls;
  private final LongSupplier nanoTime;
  private volatile @Nullable Leaderless leaderless;

  /** A time without a leader, and when each server was last heard of in it. */
  private record Leaderless(long sinceNanos, Map<String, Long> heardNanos) {}

  ServerEchoes(
      Leadership leadership, Membership membership, ServerCall calls, LongSupplier nanoTime) {
    this.leadership = leadership;
    this.membership = membership;
    this.calls = calls;
    this.nanoTime = nanoTime;
  }

  void start(ScheduledExecutorService timer) {
    calls.serveHere(QUESTION, question -> CompletableFuture.completedFuture(ByteString.EMPTY));
    timer.scheduleWithFixedDelay(
        this::ask, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Asks nobody while there is a leader. */
  void ask() {
    Leadership.Standing standing = leadership.standing();
    if (standing.self() || standing.leader().isPresent()) {
      leaderless = null;
      return;
    }
    Leaderless now = leaderless;
    if (now == null) {
      now = new Leaderless(nanoTime.getAsLong(), new ConcurrentHashMap<>());
      leaderless = now;
    }
    Map<String, Long> heard = now.heardNanos();
    for (Membership.Member member : membership.knownMembers()) {
      if (!member.raftId().equals(leadership.self())) {
        calls
            .callServer(member.raftId(), QUESTION, ByteString.EMPTY, INTERVAL)
            .thenAccept(echo -> heard.put(member.raftId(), nanoTime.getAsLong()));
      }
    }
  }

  /**
   * Whether a server is silent; empty while that is the leader's to say, or too early to be said.
   */
  Optional<Boolean> isSilent(String raftId) {
    Leaderless now = leaderless;
    long silence = ServerHealth.SILENCE.toNanos();
    if (now == null || nanoTime.getAsLong() - now.sinceNanos() < silence) {
      return Optional.empty();
    }
    Long heard = now.heardNanos().get(raftId);
    return Optional.of(heard == null || nanoTime.getAsLong() - heard >= silence);
  }
}
