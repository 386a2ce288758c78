package io.hanse.raft.ratis;

import io.hanse.raft.Consensus.Position;
import io.hanse.raft.Consensus.Voters;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;

/** The division with its state machine, while there is a group, and what can be seen of it. */
record RatisGroup(RaftServer.Division division, RatisStateMachine stateMachine) {
  RaftGroupId id() {
    return division.getMemberId().getGroupId();
  }

  Position position() {
    DivisionInfo info = division.getInfo();
    RaftPeerId leader = info.getLeaderId();
    return new Position(
        info.getCurrentTerm(),
        info.isLeaderReady(),
        leader == null ? Optional.empty() : Optional.of(leader.toString()),
        division.getRaftLog().getLastCommittedIndex(),
        stateMachine.getLastAppliedTermIndex().getIndex());
  }

  Voters voters() {
    RaftConfiguration configuration = division.getRaftConf();
    return new Voters(ids(configuration.getCurrentPeers()), ids(configuration.getPreviousPeers()));
  }

  private static Set<String> ids(Collection<RaftPeer> peers) {
    return peers.stream().map(peer -> peer.getId().toString()).collect(Collectors.toSet());
  }

  Map<String, Long> progress() {
    Map<String, Long> progress = new TreeMap<>();
    for (CommitInfoProto commit : division.getCommitInfos()) {
      progress.put(commit.getServer().getId().toStringUtf8(), commit.getCommitIndex());
    }
    progress.remove(division.getId().toString());
    return progress;
  }

  /**
   * What Ratis knows of it is true, but for what {@link LogSender} presumes: then whoever has not
   * answered is silent for as long as it would be without.
   */
  Map<String, Long> silences(RatisNeighbours neighbours) {
    RoleInfoProto role = division.getInfo().getRoleInfoProto();
    long leading = role.getRoleElapsedTimeMs() + division.properties().maxRpcTimeoutMs();
    Map<String, Long> silences = new TreeMap<>();
    for (ServerRpcProto follower : role.getLeaderInfo().getFollowerInfoList()) {
      String id = follower.getId().getId().toStringUtf8();
      long unanswered = Math.min(neighbours.sinceAnswerMillis(id), leading);
      silences.put(id, Math.max(follower.getLastRpcElapsedTimeMs(), unanswered));
    }
    return silences;
  }

  boolean isClosed() {
    return !division.getInfo().isAlive();
  }

  /** As Ratis sees it: who is about to leave is none any more. */
  boolean isMember() {
    return voters().current().contains(division.getId().toString());
  }
}
