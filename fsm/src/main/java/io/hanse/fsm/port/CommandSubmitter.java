package io.hanse.fsm.port;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import java.util.concurrent.CompletableFuture;

/** Takes commands to the log, from any server. The only way in which state changes. */
public interface CommandSubmitter {
  /**
   * Submits a command once: it is sent again under the same identity where its answer was lost, and
   * applied at most once.
   *
   * @return the result once applied. Fails with a {@link io.hanse.fsm.error.ProblemException}: the
   *     applier's refusal, {@code NO_LEADER} or {@code OVERLOADED} (nothing happened), {@code
   *     COMMIT_UNKNOWN} (it may have). Completed on a thread that must not be blocked.
   */
  CompletableFuture<CommandResult> submit(Command command);
}
