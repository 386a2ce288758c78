package io.hanse.peering.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import org.junit.jupiter.api.Test;

class RefusedChainsTest {
  private final ProblemException problem =
      new ProblemException(ProblemCode.INVALID_ARGUMENT, "contradiction");

  private final RefusedChains chains = new RefusedChains();

  @Test
  void shouldTellOfEachChainOnce() {
    assertThat(chains.refused("web", problem)).isTrue();
    assertThat(chains.refused("web", problem)).isFalse();
    assertThat(chains.refused("db", problem)).isTrue();
  }

  @Test
  void shouldTellOfAChainThatIsRefusedAnew() {
    chains.refused("web", problem);
    chains.compiled("web");
    assertThat(chains.refused("web", problem)).isTrue();
  }

  @Test
  void shouldNotTellOfAnyNumber() {
    for (int i = 0; i < RefusedChains.TOLD_MAX; i++) {
      assertThat(chains.refused("web-" + i, problem)).isTrue();
    }
    assertThat(chains.refused("one-more", problem)).isFalse();
    chains.compiled("web-0");
    assertThat(chains.refused("one-more", problem)).isTrue();
  }
}
