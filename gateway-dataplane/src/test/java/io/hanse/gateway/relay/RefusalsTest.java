package io.hanse.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalsTest {
  private final Refusals refusals = new Refusals();
  private long startMillis;

  private void ended(String serverName, String caller, CloseReason reason, String detail) {
    refusals.note(
        new AccessLog.Entry(
            startMillis += 10, "l", "s", serverName, caller, "", "", 0, 0, 0, 5, reason, detail));
  }

  @Test
  void shouldCountWhatWasRefusedAlikeWithTheNewestFirst() {
    ended("web", "", CloseReason.NO_ROUTE, "");
    ended("db", "", CloseReason.NO_ENDPOINT, "");
    ended("web", "", CloseReason.NO_ENDPOINT, "");
    ended("web", "", CloseReason.NO_ROUTE, "again");
    ended("", "spiffe://a", CloseReason.RBAC_DENIED, "default policy");

    assertThat(refusals.newest())
        .containsExactly(
            new Refusals.Refusal(
                "", "spiffe://a", CloseReason.RBAC_DENIED, "default policy", 1, 55),
            new Refusals.Refusal("web", "", CloseReason.NO_ROUTE, "again", 2, 45),
            new Refusals.Refusal("web", "", CloseReason.NO_ENDPOINT, "", 1, 35),
            new Refusals.Refusal("db", "", CloseReason.NO_ENDPOINT, "", 1, 25));
  }

  @Test
  void shouldLeaveOutWhatSaysNothingOfAName() {
    ended("web", "", CloseReason.DONE, "");
    ended("web", "", CloseReason.LIMIT_TOTAL, "");
    ended("", "", CloseReason.TLS_FAILED, "");
    assertThat(refusals.newest()).isEmpty();
  }

  @Test
  void shouldKeepTheNewestNamesHoweverManyCome() {
    for (int i = 0; i < 10_000; i++) {
      ended("name-" + i, "", CloseReason.NO_ROUTE, "");
      ended("asked-for-often", "", CloseReason.NO_ROUTE, "");
    }
    assertThat(refusals.newest()).hasSize(Refusals.NAMES_MAX);
    assertThat(refusals.newest().get(0).count()).isEqualTo(10_000);
    assertThat(refusals.newest().get(1).serverName()).isEqualTo("name-9999");
  }
}
