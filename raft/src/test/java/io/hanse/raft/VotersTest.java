package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.Consensus.Voters;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose vote counts, before, during and after a change of the configuration. */
class VotersTest {
  @Test
  void shouldCountTheVotesOfAConfigurationThatIsNotBeingLeft() {
    Voters voters = new Voters(Set.of("a", "b"), Set.of());

    assertThat(voters.all()).containsExactly("a", "b");
    assertThat(voters.all()).allMatch(voters::isVoter);
    assertThat(voters.isVoter("c")).isFalse();
  }

  @Test
  void shouldCountTheVotesOfTheConfigurationThatIsBeingLeftUntilItIs() {
    Voters voters = new Voters(Set.of("a", "b", "new"), Set.of("a", "b", "old"));

    assertThat(voters.all()).containsExactly("a", "b", "new", "old");
    assertThat(voters.all().stream().filter(voters::isVoter)).containsExactly("a", "b", "old");
  }
}
