package io.hanse.raft;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.row.AutopilotConfiguration;
import io.hanse.fsm.row.AutopilotHealth;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.ServerHealthState;
import io.hanse.fsm.view.HostPort;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What the leader makes of the health of each member, and since when. It sees what Raft sees: who
 * answers, and how far each log is. Nothing is kept once another leads.
 */
final class MemberHealth {
  /** As long as the catalog waits until it calls a server silent. */
  private static final long DEAD_MILLIS = 5_000;

  /**
   * One member at one look.
   *
   * @param stableSinceMillis since when it is as healthy, or not, as it is
   */
  record Verdict(long silenceMillis, long lastIndex, boolean isHealthy, long stableSinceMillis) {
    boolean isAlive() {
      return silenceMillis < DEAD_MILLIS;
    }
  }

  private final Consensus consensus;
  private final String self;
  private final RaftSettings.Timing timing;
  private final LongSupplier wallMillis;
  private Map<String, Verdict> last = new TreeMap<>();

  MemberHealth(
      Consensus consensus, String self, RaftSettings.Timing timing, LongSupplier wallMillis) {
    this.consensus = consensus;
    this.self = self;
    this.timing = timing;
    this.wallMillis = wallMillis;
  }

  synchronized void forget() {
    last = new TreeMap<>();
  }

  /** Looks at every member, by raft id. Only on the leader. */
  synchronized Map<String, Verdict> look(AutopilotConfiguration rules) {
    Map<String, Long> silences = consensus.silences();
    Map<String, Long> progress = consensus.progress();
    long committed = consensus.position().committed();
    Map<String, Verdict> fresh = new TreeMap<>();
    for (String member : consensus.voters().current()) {
      boolean isSelf = member.equals(self);
      long silence = isSelf ? 0 : silences.getOrDefault(member, 0L);
      long index = isSelf ? committed : progress.getOrDefault(member, 0L);
      boolean isHealthy =
          silence <= contactMillis(rules) && committed - index <= rules.getMaxTrailingLogs();
      fresh.put(member, verdict(member, silence, index, isHealthy));
    }
    last = fresh;
    return Map.copyOf(fresh);
  }

  /** An idle follower answers each heartbeat, so a shorter bound than an election says nothing. */
  private long contactMillis(AutopilotConfiguration rules) {
    Duration threshold = rules.getLastContactThreshold();
    return Math.max(
        timing.longestElectionMillis(),
        threshold.getSeconds() * 1000 + threshold.getNanos() / 1_000_000);
  }

  private Verdict verdict(String member, long silence, long index, boolean isHealthy) {
    Verdict before = last.get(member);
    if (before != null && before.isHealthy == isHealthy) {
      return new Verdict(silence, index, isHealthy, before.stableSinceMillis);
    }
    return new Verdict(silence, index, isHealthy, wallMillis.getAsLong());
  }

  /** The same for whoever asks. */
  AutopilotHealth report(AutopilotConfiguration rules, Function<String, Server> rows) {
    Map<String, Verdict> verdicts = look(rules);
    long term = consensus.position().term();
    AutopilotHealth.Builder report = AutopilotHealth.newBuilder();
    new TreeMap<>(verdicts)
        .forEach(
            (raftId, verdict) ->
                report.addServers(state(raftId, verdict, term, rows.apply(raftId))));
    long healthy = verdicts.values().stream().filter(Verdict::isHealthy).count();
    return report
        .setHealthy(verdicts.values().stream().allMatch(Verdict::isHealthy))
        .setFailureTolerance((int) Math.max(0, healthy - (verdicts.size() / 2 + 1)))
        .build();
  }

  private ServerHealthState state(String raftId, Verdict verdict, long term, Server row) {
    // Beyond a day it only says "never".
    long silence = Math.min(verdict.silenceMillis, 86_400_000);
    return ServerHealthState.newBuilder()
        .setRaftId(raftId)
        .setNodeId(row.getNodeId())
        .setNode(row.getNode())
        .setAddress(HostPort.joined(row.getAddress(), row.getServerPort()))
        .setStatus(verdict.isAlive() ? "alive" : "failed")
        .setVersion(row.getVersion())
        .setLeader(raftId.equals(self))
        .setVoter(true)
        .setLastContact(
            Duration.newBuilder()
                .setSeconds(silence / 1000)
                .setNanos((int) (silence % 1000) * 1_000_000))
        .setLastTerm(term)
        .setLastIndex(verdict.lastIndex)
        .setHealthy(verdict.isHealthy)
        .setStableSince(
            Timestamp.newBuilder()
                .setSeconds(verdict.stableSinceMillis / 1000)
                .setNanos((int) (verdict.stableSinceMillis % 1000) * 1_000_000))
        .build();
  }
}
