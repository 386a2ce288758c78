package io.hanse.raft.ratis;

import java.lang.reflect.Method;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a follower stand for election before its timeout is over, with the pre-vote as ever. Ratis
 * has no door for that but its own, which is opened here; where it is not found, elections begin
 * when they would.
 */
final class EarlyElection {
  private static final Logger LOG = LoggerFactory.getLogger(EarlyElection.class);

  private EarlyElection() {}

  static void call(RaftServer.Division division) {
    if (!division.getInfo().isFollower()) {
      return;
    }
    try {
      Method candidate = division.getClass().getDeclaredMethod("changeToCandidate", boolean.class);
      candidate.setAccessible(true);
      // Not forced: a forced election does without the pre-vote.
      candidate.invoke(division, false);
    } catch (ReflectiveOperationException e) {
      // Also when it is a follower no more by now.
      LOG.debug("no early election", e);
    }
  }
}
