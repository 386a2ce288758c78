package io.hanse.raft;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** The failures of this module, and how they are told apart. */
public final class Problems {
  private Problems() {}

  /** Consul's words, which its clients know. */
  public static ProblemException noLeader() {
    return new ProblemException(ProblemCode.NO_LEADER, "No cluster leader");
  }

  public static ProblemException notLeader() {
    return new ProblemException(ProblemCode.NOT_LEADER, "this server is not the leader");
  }

  public static ProblemException commitUnknown() {
    return new ProblemException(
        ProblemCode.COMMIT_UNKNOWN,
        "the outcome is unknown: the command may have been applied; read before trying again");
  }

  /**
   * No answer in all the time there was.
   *
   * @param last what the last attempt ended with
   */
  public static ProblemException late(Throwable last) {
    return new ProblemException(
        ProblemCode.DEADLINE_EXCEEDED, "the leader did not answer in time; try again", last);
  }

  public static ProblemException foreign(String server, String itsGroup, String ourGroup) {
    return new ProblemException(
        ProblemCode.FAILED_PRECONDITION,
        "server "
            + server
            + " belongs to another cluster (group "
            + itsGroup
            + ", this one is "
            + ourGroup
            + "); clusters that were begun apart can't be joined: empty the data_dir of the servers"
            + " that are to move");
  }

  /** What a server that was taken out of its group answers to everybody. */
  public static ProblemException removed() {
    return new ProblemException(
        ProblemCode.FAILED_PRECONDITION,
        "this server was removed from the cluster; empty its data_dir to let it join anew");
  }

  /** What a server answers once it knows that it has left, until it ends. */
  public static ProblemException left() {
    return new ProblemException(
        ProblemCode.FAILED_PRECONDITION,
        "this server has left the cluster; started again, it joins anew");
  }

  public static ProblemException stranger(String raftId) {
    return new ProblemException(
        ProblemCode.FAILED_PRECONDITION, "server " + raftId + " is not a member of this cluster");
  }

  public static ProblemException closing() {
    return new ProblemException(ProblemCode.SHUTTING_DOWN, "this server is shutting down");
  }

  /** What a future failed with, out of its wrappings. */
  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The code of a failure; a timeout is {@code DEADLINE_EXCEEDED}, anything unforeseen a bug. */
  public static ProblemCode code(Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof ProblemException problem) {
      return problem.code();
    }
    return cause instanceof TimeoutException
        ? ProblemCode.DEADLINE_EXCEEDED
        : ProblemCode.INVARIANT_BROKEN;
  }

  /** Whether another server, or the same one a little later, may answer. */
  static boolean isElsewhere(Throwable failure) {
    ProblemCode code = code(failure);
    return code == ProblemCode.NOT_LEADER || code == ProblemCode.NO_LEADER;
  }
}
