package io.hanse.fsm.port;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The servers that vote, as the log's configuration has them. */
public interface Membership {
  /**
   * A server of the configuration.
   *
   * @param voter not yet for a newcomer, and still for one that leaves, until the change is made
   * @param lastIndex the last log index that it is known to have; 0 if not known here
   */
  record Member(String raftId, boolean voter, boolean leader, long lastIndex) {}

  /** Asked of the leader; fails with {@code NO_LEADER}. */
  CompletableFuture<List<Member>> members();

  /** What this server knows, however old. */
  List<Member> knownMembers();

  /**
   * The highest level of commands that all of these servers are known to understand: by what they
   * told each other when they met, which is before they write themselves down in the log.
   */
  int commandLevel();

  /** Hands leadership to the server named, or to the most advanced follower. */
  CompletableFuture<Void> transferLeadership(Optional<String> raftId);

  CompletableFuture<Void> remove(String raftId);

  /**
   * Has the others go on without this server, which is to be stopped then; started again, it asks
   * to be taken in anew. The only one that votes has nobody to leave, and stays what it is.
   */
  CompletableFuture<Void> leave();
}
