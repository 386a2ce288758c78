package io.hanse.cli.agent.compilers;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.agent.compilers.ThreadScheduling.Policy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompilerShareTest {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int C1 = 11;
  private static final int C2 = 12;

  private final CompilerShare share = new CompilerShare(0);
  private long nowNanos;
  private long waitedNanos;

  @Test
  void shouldTakeWhatOthersLeave() {
    for (int i = 0; i < 100; i++) {
      assertThat(look(100)).isEqualTo(Policy.IDLE);
    }
  }

  @Test
  void shouldHaveItsShareForAWhileWhenItIsKeptWaiting() {
    look(0);
    assertThat(look(200)).isEqualTo(Policy.NORMAL);
    assertThat(millisOfShare()).isEqualTo(1_000);
  }

  @Test
  void shouldKeepItsShareWhereItWaitsEvenWithIt() {
    look(0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(look(200)).isEqualTo(Policy.NORMAL);
    }
  }

  @Test
  void shouldHaveItLongerEachTimeThatItIsKeptWaitingAgain() {
    look(0);
    for (long millis : new long[] {1_000, 2_000, 4_000, 8_000, 16_000, 16_000}) {
      assertThat(look(200)).isEqualTo(Policy.NORMAL);
      assertThat(millisOfShare()).isEqualTo(millis);
    }
  }

  @Test
  void shouldForgetThatTheMachineWasBusy() {
    look(0);
    look(200);
    millisOfShare();
    for (int i = 0; i < 4; i++) {
      assertThat(look(0)).isEqualTo(Policy.IDLE);
    }
    assertThat(look(200)).isEqualTo(Policy.NORMAL);
    assertThat(millisOfShare()).isEqualTo(1_000);
  }

  @Test
  void shouldNotTakeTheLifeOfAThreadForATimeThatItWaited() {
    nowNanos += LOOK.toNanos();
    assertThat(share.policy(nowNanos, Map.of(C1, 1L << 40))).isEqualTo(Policy.IDLE);
  }

  /** C1 never waits; C2 does, for so long since the last look. */
  private Policy look(long waitedMillis) {
    nowNanos += LOOK.toNanos();
    waitedNanos += Duration.ofMillis(waitedMillis).toNanos();
    return share.policy(nowNanos, Map.of(C1, 0L, C2, waitedNanos));
  }

  /** From the look that gave it until the one that takes it back; nothing waits meanwhile. */
  private long millisOfShare() {
    long begin = nowNanos;
    while (look(0) == Policy.NORMAL) {
      assertThat(nowNanos - begin).isLessThan(Duration.ofMinutes(1).toNanos());
    }
    return Duration.ofNanos(nowNanos - begin).toMillis();
  }
}
