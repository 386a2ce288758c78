package io.hanse.cli.agent.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.CheckType;
import org.junit.jupiter.api.Test;

class CheckKindTest {
  private static final Duration SECOND = Duration.newBuilder().setSeconds(1).build();

  @Test
  void shouldTellKindsByTheFieldThatIsSet() {
    assertThat(CheckKind.of(CheckType.newBuilder().setHttp("http://a").build()))
        .isEqualTo(CheckKind.HTTP);
    assertThat(CheckKind.of(CheckType.newBuilder().setAliasNode("n").build()))
        .isEqualTo(CheckKind.ALIAS);
    assertThat(CheckKind.of(CheckType.newBuilder().setTtl(SECOND).build()))
        .isEqualTo(CheckKind.TTL);
  }

  @Test
  void shouldRefuseWhatConsulRefusesInItsWords() {
    refuses(
        CheckType.newBuilder().setTtl(SECOND).setInterval(SECOND),
        "Interval and TTL cannot both be specified");
    refuses(
        CheckType.newBuilder().setHttp("http://a"),
        "Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks");
    refuses(CheckType.newBuilder().setName("n"), "TTL must be > 0 for TTL checks");
    refuses(
        CheckType.newBuilder().setAliasService("web").setTtl(SECOND),
        "TTL must be not be set for Alias checks");
    refuses(
        CheckType.newBuilder().setTtl(SECOND).setOutputMaxSize(-1),
        "MaxOutputMaxSize must be positive");
    refuses(
        CheckType.newBuilder()
            .setTcp("a:1")
            .setInterval(SECOND)
            .setFailuresBeforeWarning(5)
            .setFailuresBeforeCritical(2),
        "FailuresBeforeWarning can't be higher than FailuresBeforeCritical");
  }

  private static void refuses(CheckType.Builder check, String text) {
    assertThat(CheckKind.problem(check.build())).contains(text);
  }

  @Test
  void shouldHoldAVerdictBackUntilItWasSeenOftenEnough() {
    Threshold threshold =
        new Threshold(
            CheckType.newBuilder()
                .setSuccessBeforePassing(2)
                .setFailuresBeforeWarning(2)
                .setFailuresBeforeCritical(3)
                .build());
    assertThat(threshold.weigh("passing", "critical")).isEqualTo("critical");
    assertThat(threshold.weigh("passing", "critical")).isEqualTo("passing");
    assertThat(threshold.weigh("critical", "passing")).isEqualTo("passing");
    assertThat(threshold.weigh("critical", "passing")).isEqualTo("warning");
    assertThat(threshold.weigh("critical", "warning")).isEqualTo("critical");
  }
}
