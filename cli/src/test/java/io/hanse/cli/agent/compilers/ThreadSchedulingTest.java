package io.hanse.cli.agent.compilers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.NativeLibrary;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ThreadSchedulingTest {
  private static final int CALLER = 0;

  /** As {@code chrt --batch} has it: a thread may always take it. */
  private static final int BATCH = 3;

  @Test
  void shouldLeaveThePolicyThatAnOperatorChose() throws Exception {
    assumeTrue(ThreadScheduling.find().isPresent(), "this process may not take back what it gives");
    FutureTask<Optional<ThreadScheduling>> found =
        new FutureTask<>(
            () -> {
              assertThat(schedule(BATCH)).isZero();
              return ThreadScheduling.find();
            });
    Thread thread = new Thread(found);
    thread.start();
    assertThat(found.get()).isEmpty();
  }

  private static int schedule(int policy) {
    int[] priority = {0};
    return NativeLibrary.getProcess()
        .getFunction("sched_setscheduler")
        .invokeInt(new Object[] {CALLER, policy, priority});
  }
}
