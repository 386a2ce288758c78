package io.hanse.raft;

import io.hanse.fsm.row.AutopilotConfiguration;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Autopilot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The state that the log is applied to. All but {@link #view}, {@link #watch} and {@link
 * Pinned#write} are called by the one apply thread, or before it runs.
 */
public interface Replica {
  /** A version that stays as it is while it is written beside further applies. */
  interface Pinned extends AutoCloseable {
    /** Writes the version to a file that does not exist yet, and forces it to the disk. */
    void write(long term, Path file) throws IOException;

    @Override
    void close();
  }

  /**
   * Applies one log entry. A refused command is a result; an exception means that this replica must
   * stop rather than diverge.
   */
  BatchResult apply(long logIndex, ByteBuffer batch);

  /** Pins what has been applied so far. */
  Pinned pin();

  /** Replaces the whole state by a snapshot and wakes all watches. */
  void load(Path snapshot) throws IOException;

  /**
   * How often the log, as far as this process applied it, replaced the whole state: few bytes of
   * log then stand for much work, which the next start does again unless there is a snapshot behind
   * it.
   */
  default int restores() {
    return 0;
  }

  View view();

  /** The time of the newest entry: log time. */
  default long logMillis() {
    try (View view = view()) {
      return view.timeMillis();
    }
  }

  /** By which rules the group of servers is to be kept in order. */
  default AutopilotConfiguration autopilot() {
    try (View view = view()) {
      return new Autopilot(view).configuration();
    }
  }

  Runnable watch(ReadSet reads, long since, Runnable wake);
}
