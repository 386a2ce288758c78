package io.hanse.raft.ratis;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.ratis.retry.RetryPolicy;
import org.junit.jupiter.api.Test;

class RatisPropertiesTest {
  private static final long LONGEST_MILLIS = 400;

  @Test
  void shouldTryASilentServerAgainSoonHoweverLongItWasAway() {
    RetryPolicy policy = RetryPolicy.parse(RatisProperties.RETRIES, "retries");
    for (int failures = 1; failures < 1_000_000_000; failures += 1 + failures / 7) {
      int count = failures;
      RetryPolicy.Action next = policy.handleAttemptFailure(() -> count);
      assertThat(next.shouldRetry()).as("after %d failures", count).isTrue();
      assertThat(next.getSleepTime().toLong(MILLISECONDS))
          .as("after %d failures", count)
          .isBetween(1L, LONGEST_MILLIS);
    }
  }
}
