package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Server;
import io.hanse.fsm.store.FolderSync;
import io.hanse.raft.Consensus;
import io.hanse.raft.DataDirectory;
import io.hanse.raft.DurableFiles;
import io.hanse.raft.FreePorts;
import io.hanse.raft.LeaderContact;
import io.hanse.raft.MapReplica;
import io.hanse.raft.RaftSettings;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLaunchIT {
  @TempDir Path folder;

  private final RaftGroupId group = RaftGroupId.valueOf(UUID.randomUUID());

  /**
   * Though no pause ends a leadership: the library has one key for both, and would have a leader
   * that lost its majority wait as long before it stands again.
   */
  @Test
  void shouldOpenGroupsWhoseLeadersStandAgainSoon() throws Exception {
    try (DataDirectory directory =
        DataDirectory.open(folder, "node", new DurableFiles(FolderSync.ofDisk()))) {
      RaftSettings settings =
          new RaftSettings(
              folder,
              Server.newBuilder().setNodeId("node").setAddress("127.0.0.1").build(),
              freeAddress(),
              freeAddress(),
              Optional.empty(),
              new RaftSettings.Bootstrap(1, List.of()),
              RaftSettings.Timing.defaults(),
              RaftSettings.Limits.defaults());
      ServerLaunch launch =
          new ServerLaunch(
              settings,
              directory,
              true,
              new MapReplica(),
              new LeaderContact(System::nanoTime),
              new Nobody());
      try (RaftServer server = launch.start()) {
        String self = server.getId().toString();
        new RatisRequests(server).add(RaftGroup.valueOf(group, List.of(RatisRequests.peer(self))));
        assertThat(waitMillis(server)).as("a new group").isEqualTo(600);
      }
      try (RaftServer server = launch.start()) {
        assertThat(waitMillis(server)).as("one that was there").isEqualTo(600);
      }
      launch.close();
    }
  }

  private long waitMillis(RaftServer server) throws Exception {
    RaftServer.Division division = server.getDivision(group);
    Field wait = division.getClass().getDeclaredField("leaderStepDownWaitTime");
    wait.setAccessible(true);
    return ((TimeDuration) wait.get(division)).toLong(TimeUnit.MILLISECONDS);
  }

  private static InetSocketAddress freeAddress() throws Exception {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
  }

  private static final class Nobody implements Consensus.Listener {
    @Override
    public void standingChanged() {}

    @Override
    public void configurationCommitted(Set<String> voters) {}

    @Override
    public void applied(long logIndex) {}

    @Override
    public void failed(String what, Throwable cause) {}
  }
}
