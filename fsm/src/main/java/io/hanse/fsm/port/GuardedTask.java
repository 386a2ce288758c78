package io.hanse.fsm.port;

import java.util.function.Consumer;

/**
 * A task that throws nothing, for timers that repeat it: what is thrown to them, an {@link Error}
 * as an exception, ends all later turns without a word.
 *
 * @param failed is given whatever the task throws
 */
public record GuardedTask(Runnable task, Consumer<Throwable> failed) implements Runnable {
  @Override
  public void run() {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      failed.accept(e);
    }
  }
}
