package io.hanse.fsm.port;

import java.util.Optional;
import java.util.function.Consumer;

/** Who leads. */
public interface Leadership {
  /**
   * A moment of leadership as this server sees it.
   *
   * @param term the term of Raft
   * @param self whether this server leads and has applied all that was committed before its term
   * @param leader the raft id of the leader, where one is known
   */
  record Standing(long term, boolean self, Optional<String> leader) {}

  Standing standing();

  /**
   * Calls the listener with the present standing and then with every change, in order, on one
   * thread that the listener may not block.
   */
  void onChange(Consumer<Standing> listener);

  /** The raft id of this server. */
  String self();
}
