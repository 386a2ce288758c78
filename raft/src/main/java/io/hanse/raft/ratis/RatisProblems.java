package io.hanse.raft.ratis;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.raft.Problems;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.AlreadyClosedException;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;
import org.apache.ratis.protocol.exceptions.TransferLeadershipException;

/**
 * What an exception of Ratis means for a question to the group. Not for appends: of those it can
 * only be said that their outcome is unknown.
 */
final class RatisProblems {
  private RatisProblems() {}

  /** Answers the reply of a success and throws otherwise. */
  static RaftClientReply check(RaftClientReply reply) {
    if (!reply.isSuccess()) {
      throw of(reply.getException());
    }
    return reply;
  }

  static ProblemException of(Throwable failure) {
    Throwable cause = Problems.cause(failure);
    if (cause instanceof ProblemException problem) {
      return problem;
    }
    return new ProblemException(code(cause), String.valueOf(cause.getMessage()), cause);
  }

  private static ProblemCode code(Throwable cause) {
    if (cause instanceof NotLeaderException
        || cause instanceof LeaderNotReadyException
        || cause instanceof LeaderSteppingDownException
        || cause instanceof ServerNotReadyException
        || cause instanceof GroupMismatchException) {
      return ProblemCode.NOT_LEADER;
    }
    if (cause instanceof ResourceUnavailableException
        || cause instanceof ReconfigurationInProgressException) {
      return ProblemCode.OVERLOADED;
    }
    if (cause instanceof ReconfigurationTimeoutException
        || cause instanceof TransferLeadershipException
        || cause instanceof TimeoutIOException
        || cause instanceof TimeoutException) {
      return ProblemCode.DEADLINE_EXCEEDED;
    }
    if (cause instanceof SetConfigurationException) {
      return ProblemCode.CONFLICT;
    }
    if (cause instanceof AlreadyClosedException) {
      return ProblemCode.SHUTTING_DOWN;
    }
    return ProblemCode.INVARIANT_BROKEN;
  }
}
