package io.hanse.raft.ratis;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.hanse.raft.DataDirectory;
import io.hanse.raft.RaftSettings;
import java.util.List;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Read;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.server.RaftServerConfigKeys.Snapshot;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** The only place that turns settings into Ratis' keys. What matters is set, default or not. */
final class RatisProperties {
  private static final String ENTRY_LIMIT = "4MB";

  private static final long ALONE_MILLIS = 20;

  /**
   * How long a leader waits after so many failures before it tries a silent server again. By
   * default 5 s once it was away for a few: it then comes back, calls elections, and waits to be
   * heard of. The last count is for ever, since the pause after it is none.
   */
  static final String RETRIES = "10ms,10, 200ms," + Integer.MAX_VALUE;

  /** Longer than a process stands still. */
  private static final TimeDuration EVER = TimeDuration.valueOf(3650, DAYS);

  private RatisProperties() {}

  /**
   * @param isFormed whether the group was complete once; before, a change may add a majority
   */
  static RaftProperties of(RaftSettings settings, DataDirectory directory, boolean isFormed) {
    RaftProperties properties = new RaftProperties();
    storage(properties, directory);
    elections(properties, settings, isFormed);
    log(properties, settings.limits());
    snapshots(properties, settings.limits());
    transport(properties, settings);
    limits(properties);
    return properties;
  }

  private static void storage(RaftProperties properties, DataDirectory directory) {
    // Both lie under a temporary folder by default.
    RaftServerConfigKeys.setStorageDir(properties, List.of(directory.groups().toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(properties, directory.removedGroups().toFile());
    // Refuses to start on a full disk instead of failing later.
    RaftServerConfigKeys.setStorageFreeSpaceMin(properties, SizeInBytes.valueOf("64MB"));
  }

  private static void elections(
      RaftProperties properties, RaftSettings settings, boolean isFormed) {
    RaftSettings.Timing timing = settings.timing();
    TimeDuration shortest = millis(timing.shortestElectionMillis());
    TimeDuration longest = millis(timing.longestElectionMillis());
    Rpc.setTimeoutMin(properties, shortest);
    Rpc.setTimeoutMax(properties, longest);
    if (settings.bootstrap().expect() == 1) {
      // Whoever begins alone need not wait for others that may lead; if there are any by now, the
      // pre-vote asks them.
      Rpc.setFirstElectionTimeoutMin(properties, millis(ALONE_MILLIS));
      Rpc.setFirstElectionTimeoutMax(properties, millis(2 * ALONE_MILLIS));
    }
    Rpc.setRequestTimeout(properties, seconds(3));
    Rpc.setSlownessTimeout(properties, seconds(10));
    // By default a process that stood still for a minute closes its group when it goes on. It may
    // have stood still as long as it likes: its term tells it what it missed.
    RaftServerConfigKeys.setCloseThreshold(properties, EVER);
    // The server reads this when it is made: after a pause of so long it gives up leading, also as
    // the only one of its group, whom nobody can have replaced. A leader of several that heard
    // nothing of a majority for an election timeout gives up anyway, whatever the reason.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, EVER);
    RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
    RaftServerConfigKeys.LeaderElection.setMemberMajorityAdd(properties, !isFormed);
    RaftServerConfigKeys.Notification.setNoLeaderTimeout(properties, seconds(10));
    // Three election timeouts by default: on a busy host a cold server's first answer takes longer,
    // and each attempt begins from nothing.
    RaftServerConfigKeys.setStagingTimeout(properties, seconds(12));
  }

  /**
   * Sets what a group is opened with where its server was made with another: the library has one
   * key for both. By default a leader that lost its majority sits out elections for 10 s.
   */
  static void beforeGroup(RaftProperties properties, RaftSettings.Timing timing) {
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
        properties, millis(timing.longestElectionMillis()));
  }

  private static void log(RaftProperties properties, RaftSettings.Limits limits) {
    Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(limits.logSegmentBytes()));
    Log.setPreallocatedSize(
        properties, SizeInBytes.valueOf(Math.min(1 << 20, limits.logSegmentBytes())));
    // Must exceed the largest entry.
    Log.setWriteBufferSize(properties, SizeInBytes.valueOf("5MB"));
    Log.setSegmentCacheNumMax(properties, 3);
    Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("32MB"));
    // Above all that a leader has under way to a follower, so that an append never waits for room.
    Log.setQueueByteLimit(properties, SizeInBytes.valueOf("40MB"));
    Log.setQueueElementLimit(properties, 1 << 16);
    // Otherwise a follower's append waits until the one before it is on the disk, and passes two
    // more threads, one of them new each time where there are two processors. ServerGate sees to
    // what this was for: one append at a time, and no answer before the disk has all of it.
    Log.setAppendEntriesComposeEnabled(properties, false);
    Log.setForceSyncNum(properties, 128);
    // Otherwise each advance of the commit index writes a further entry.
    Log.setLogMetadataEnabled(properties, false);
    // The other policy drops acknowledged entries without a word.
    Log.setCorruptionPolicy(properties, Log.CorruptionPolicy.EXCEPTION);
    Log.setAsyncFlushEnabled(properties, false);
    Log.setUnsafeFlushEnabled(properties, false);
    // Otherwise a dead member stops all purging, and the disk fills.
    Log.setPurgeUptoSnapshotIndex(properties, true);
    Log.setPurgePreservationLogNum(properties, limits.preservedEntries());
    Log.setPurgeGap(properties, (int) Math.min(1024, limits.snapshotEntries()));
    Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(ENTRY_LIMIT));
    Log.Appender.setWaitTimeMin(properties, millis(0));
    Log.Appender.setRetryPolicy(properties, RETRIES);
  }

  private static void snapshots(RaftProperties properties, RaftSettings.Limits limits) {
    Log.Appender.setInstallSnapshotEnabled(properties, true);
    // Each chunk is written under the server's lock, which votes and heartbeats need.
    Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf("1MB"));
    Snapshot.setAutoTriggerEnabled(properties, true);
    Snapshot.setAutoTriggerThreshold(properties, limits.snapshotEntries());
    // Ours returns at once: at the exit it would be useless work.
    Snapshot.setTriggerWhenStopEnabled(properties, false);
    Snapshot.setRetentionFileNum(properties, 2);
    GrpcConfigKeys.Server.setInstallSnapshotRequestElementLimit(properties, 4);
    GrpcConfigKeys.Server.setInstallSnapshotRequestTimeout(properties, seconds(10));
  }

  private static void transport(RaftProperties properties, RaftSettings settings) {
    properties.set(RaftConfigKeys.Rpc.TYPE_KEY, LogRpc.class.getName());
    // Without a host it listens on every address.
    GrpcConfigKeys.Server.setHost(properties, settings.raftBind().getHostString());
    GrpcConfigKeys.Server.setPort(properties, settings.raftBind().getPort());
    GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf("8MB"));
    GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf("1MB"));
    GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, 8);
    GrpcConfigKeys.Server.setHeartbeatChannel(properties, true);
    GrpcConfigKeys.Server.setBossGroupSize(properties, 1);
    GrpcConfigKeys.Server.setWorkerGroupSize(properties, 2);
  }

  private static void limits(RaftProperties properties) {
    // Ours refuse earlier: they count commands, these count entries.
    RaftServerConfigKeys.Write.setElementLimit(properties, 4096);
    RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf("64MB"));
    // No read ever goes through Ratis.
    Read.setOption(properties, Read.Option.DEFAULT);
    Read.setLeaderLeaseEnabled(properties, false);
    Read.ReadAfterWriteConsistent.setWriteIndexCacheExpiryTime(properties, seconds(1));
    // Memory without use: what has to be remembered is in the state machine.
    RaftServerConfigKeys.RetryCache.setExpiryTime(properties, seconds(10));
    RaftServerConfigKeys.ThreadPool.setProxyCached(properties, true);
    RaftServerConfigKeys.ThreadPool.setServerCached(properties, true);
    RaftServerConfigKeys.ThreadPool.setClientCached(properties, true);
  }

  private static TimeDuration millis(long count) {
    return TimeDuration.valueOf(count, MILLISECONDS);
  }

  private static TimeDuration seconds(long count) {
    return TimeDuration.valueOf(count, SECONDS);
  }
}
