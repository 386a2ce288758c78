package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.FakeApi;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorRaftCommandsTest {
  @ParameterizedTest
  @CsvSource({
    "true, 10, 7, 3 commits",
    "true, 10, 9, 1 commit",
    // Asked a moment later than the leader.
    "true, 10, 12, 0 commits",
    // Nobody leads.
    "false, 182, 182, -",
  })
  void shouldSayHowFarAFollowerTrailsWhereItIsKnown(
      boolean leads, int leader, int follower, String trails) throws IOException {
    try (FakeApi api = new FakeApi()) {
      api.with(
          "/v1/operator/raft/configuration",
          "{'Servers':[{'Node':'a','Leader':%s,'LastIndex':%d},{'Node':'b','LastIndex':%d}]}"
              .formatted(leads, leader, follower));
      String out = api.run("operator", "raft", "list-peers", "-stale").out();
      assertThat(out.lines().skip(2)).singleElement().asString().endsWith("  " + trails);
    }
  }
}
