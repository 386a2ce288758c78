package io.hanse.jepsen.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderTermsTest {
  private static String became(long term) {
    return "2026-01-01T00:00:00.000Z INFO  o.a.r.s.RaftServer$Division a@group-1: changes role from"
        + " CANDIDATE to LEADER at term "
        + term
        + " for changeToLeader";
  }

  private static String stayed(long term) {
    return "a@group-1: changes role from CANDIDATE to FOLLOWER at term " + term + " for REJECTED";
  }

  private final LeaderTerms terms = new LeaderTerms();

  @Test
  void shouldBelieveOneLeaderOfEachTerm() {
    terms.add("a", List.of(became(1), stayed(2), became(4)));
    terms.add("b", List.of(stayed(1), became(2)));
    assertThat(terms.faults()).isEmpty();
    assertThat(terms.count()).isEqualTo(3);
    assertThat(terms.last()).isEqualTo(4);
    assertThat(terms.electionsSince(2)).isEqualTo(2);
  }

  @Test
  void shouldConvictTwoLeadersOfOneTerm() {
    terms.add("a", List.of(became(1), became(2)));
    terms.add("b", List.of(became(2)));
    assertThat(terms.faults()).containsExactly("term 2 had the leaders [a, b]");
  }

  @Test
  void shouldConvictALeaderThatForgotThatItWasOne() {
    terms.add("a", List.of(became(3), "==> Starting Hanse agent...", became(3)));
    assertThat(terms.faults()).hasSize(1);
  }
}
