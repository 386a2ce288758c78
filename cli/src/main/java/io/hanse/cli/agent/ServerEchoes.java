package io.hanse.cli.agent;

import com.google.protobuf.ByteString;
import io.hanse.fsm.port.GuardedTask;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.ServerCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the other servers this one hears from while there is no leader: then nobody writes to
 * the catalog that one is silent, which is when an operator most wants to know.
 */
final class ServerEchoes {
  private static final Logger LOG = LoggerFactory.getLogger(ServerEchoes.class);
  private static final String QUESTION = "server.echo";
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Leadership leadership;
  private final Membership membership;
  private final ServerCall calls;
  private final LongSupplier nanoTime;
  private volatile @Nullable Leaderless leaderless;

  /** When the others were asked last. */
  private long askedNanos;

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
        new GuardedTask(this::ask, e -> LOG.warn("other servers not asked for a sign", e)),
        INTERVAL.toMillis(),
        INTERVAL.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Asks nobody while there is a leader. */
  void ask() {
    if (hasLeader()) {
      leaderless = null;
      return;
    }
    long nowNanos = nanoTime.getAsLong();
    Leaderless now = leaderless;
    // After a pause of this process nobody was asked, and nobody is to be called silent for it.
    if (now == null || nowNanos - askedNanos > 2 * INTERVAL.toNanos()) {
      now = new Leaderless(nowNanos, new ConcurrentHashMap<>());
      leaderless = now;
    }
    askedNanos = nowNanos;
    Map<String, Long> heard = now.heardNanos();
    for (Membership.Member member : membership.knownMembers()) {
      if (!member.raftId().equals(leadership.self())) {
        heard.putIfAbsent(member.raftId(), nowNanos);
        calls
            .callServer(member.raftId(), QUESTION, ByteString.EMPTY, INTERVAL)
            .thenAccept(echo -> heard.put(member.raftId(), nanoTime.getAsLong()));
      }
    }
  }

  private boolean hasLeader() {
    Leadership.Standing standing = leadership.standing();
    return standing.self() || standing.leader().isPresent();
  }

  /** Whether enough voters answer now to elect a leader, with this one's vote; never fails. */
  CompletableFuture<Boolean> ofMajority() {
    List<String> voters =
        membership.knownMembers().stream()
            .filter(Membership.Member::voter)
            .map(Membership.Member::raftId)
            .toList();
    CompletableFuture<Integer> answers = CompletableFuture.completedFuture(0);
    for (String voter : voters) {
      CompletableFuture<Integer> answer =
          voter.equals(leadership.self())
              ? CompletableFuture.completedFuture(1)
              : calls
                  .callServer(voter, QUESTION, ByteString.EMPTY, INTERVAL)
                  .handle((echo, failure) -> failure == null ? 1 : 0);
      answers = answers.thenCombine(answer, Integer::sum);
    }
    return answers.thenApply(count -> voters.size() > 1 && 2 * count > voters.size());
  }

  /**
   * Whether a server is silent; empty while that is the leader's to say, too early to be said, or
   * it was not asked. One of a version that does not know the question seems silent.
   */
  Optional<Boolean> isSilent(String raftId) {
    Leaderless now = leaderless;
    long silence = ServerHealth.SILENCE.toNanos();
    if (now == null || hasLeader() || nanoTime.getAsLong() - now.sinceNanos() < silence) {
      return Optional.empty();
    }
    return Optional.ofNullable(now.heardNanos().get(raftId))
        .map(heard -> nanoTime.getAsLong() - heard >= silence);
  }
}
