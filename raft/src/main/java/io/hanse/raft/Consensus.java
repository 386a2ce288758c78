package io.hanse.raft;

import io.hanse.fsm.row.BatchResult;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * The Raft library, as the rest of this module sees it. Before there is a group, positions are zero
 * and calls fail with {@code NOT_LEADER}.
 */
public interface Consensus extends AutoCloseable {
  /**
   * Where this server stands.
   *
   * @param ready whether it leads and has applied all that was committed before its term
   * @param applied the last log index that readers can see
   */
  record Position(
      long term, boolean ready, Optional<String> leader, long committed, long applied) {}

  /**
   * Who votes.
   *
   * @param previous the voters of the configuration that is being left; empty when none is
   */
  record Voters(Set<String> current, Set<String> previous) {
    public Voters {
      current = Set.copyOf(current);
      previous = Set.copyOf(previous);
    }

    /** All that belong to the group in any way. */
    Set<String> all() {
      Set<String> all = new TreeSet<>(current);
      all.addAll(previous);
      return all;
    }

    /**
     * Whether a server has its vote for good. While one configuration is left for another, entries
     * need a majority of both (Raft section 6): who is about to leave still counts, and a newcomer
     * alone can't stand in for it.
     */
    boolean isVoter(String raftId) {
      return (previous.isEmpty() ? current : previous).contains(raftId);
    }

    /** Whether a server belongs to the group in any way. */
    boolean isMember(String raftId) {
      return current.contains(raftId) || previous.contains(raftId);
    }

    /** The same where it is not known yet who does: then everybody may. */
    boolean mayBelong(String raftId) {
      return current.isEmpty() || isMember(raftId);
    }
  }

  /** What the library reports. Called with its locks held: hand over and return. */
  interface Listener {
    /** The leader, the term or the readiness of this server may have changed. */
    void standingChanged();

    /** A configuration was committed. */
    void configurationCommitted(Set<String> voters);

    /** All entries up to this one can be read. */
    void applied(long logIndex);

    /** This replica must not go on. */
    void failed(String what, Throwable cause);
  }

  /**
   * Starts the library, with the group that is in the directory if there is one: what its snapshot
   * holds can be read then. Called once; before it there is no group.
   */
  void open() throws IOException;

  Optional<String> groupId();

  /** Begins a group of this server alone. */
  void begin(String groupId) throws IOException;

  /** Enters a group without members, to wait for being taken in. */
  void enter(String groupId) throws IOException;

  /** Removes the group and its files. */
  void drop() throws IOException;

  /** Gives the group up; its files are set aside. */
  void leave() throws IOException;

  /** Whether the group's log holds anything. */
  boolean hasEntries();

  Position position();

  Voters voters();

  /**
   * Whether a server has its vote, and no change that is under way may take it. Of nobody unless
   * this server leads, for only then it knows.
   */
  default boolean isKept(String raftId) {
    Voters voters = voters();
    return position().ready() && voters.previous().isEmpty() && voters.current().contains(raftId);
  }

  /** The last log index that each other member is known to have. Only on the leader. */
  Map<String, Long> progress();

  /** Milliseconds since each other member last answered. Only on the leader. */
  Map<String, Long> silences();

  /**
   * Appends an entry.
   *
   * @return what the leader's replica answered, completed on a thread that must not be blocked. A
   *     failure says nothing about whether the entry is in the log.
   */
  CompletableFuture<BatchResult> append(byte[] entry);

  /** Takes servers in, in one change. */
  CompletableFuture<Void> addVoters(Set<String> raftIds);

  /**
   * Takes a server in, once it has what the log holds.
   *
   * @param replaced voters that leave by the same change
   */
  CompletableFuture<Void> replace(Set<String> replaced, String raftId);

  CompletableFuture<Void> removeVoter(String raftId);

  CompletableFuture<Void> transferTo(String raftId, Duration patience);

  /** Takes a snapshot if the log has grown by much since the last one. Called from time to time. */
  void snapshotIfDue();

  /**
   * Makes new connections to the other servers: those there are rest on what is trusted no more.
   */
  void renewConnections();

  /** Makes sure that votes of the others could be asked for at once. Blocks for a moment. */
  void rehearseVote();

  /** Stands for election now, if this server is a follower. */
  void callElection();

  /**
   * Whether the group has closed because this server is in no configuration that it knows: it was
   * removed, or it was about to be taken in and does not know yet whether it is.
   */
  boolean isLeftOut();

  /** Opens a closed group again, from its files and with its vote, as a restart would. */
  void reopen();

  /** Whether the group has closed by itself for another reason, which it never should. */
  boolean isBroken();

  @Override
  void close();
}
