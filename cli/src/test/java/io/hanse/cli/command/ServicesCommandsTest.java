package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.FakeApi;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ServicesCommandsTest {
  private static final String IMPORTED =
      "[{'Service':'api','SourcePeer':'east'},{'Service':'web','SourcePeer':'west'%s}]";

  @Test
  void shouldMarkWhatIsWithdrawn() throws IOException {
    try (FakeApi api =
        new FakeApi().with("/v1/imported-services", IMPORTED.formatted(",'Withdrawn':true"))) {
      CommandRun.Result table = api.run("services", "imported-services");
      assertThat(table.out())
          .isEqualTo(
              """
              Service  Source Peer  State
              api      east        \s
              web      west         withdrawn
              """);
      assertThat(table.err()).contains("until its peer is heard again", "hanse peering read");
      CommandRun.Result json = api.run("services", "imported-services", "-format", "json");
      assertThat(json.out()).containsOnlyOnce("\"Withdrawn\": true");
      assertThat(json.err()).isEmpty();
    }
  }

  /** Scripts know this table. */
  @Test
  void shouldPrintTheTableOfOldWhereNothingIsWithdrawn() throws IOException {
    try (FakeApi api = new FakeApi().with("/v1/imported-services", IMPORTED.formatted(""))) {
      assertThat(api.run("services", "imported-services"))
          .isEqualTo(
              new CommandRun.Result(0, "Service  Source Peer\napi      east\nweb      west\n", ""));
      assertThat(api.requests()).containsExactly("GET /v1/imported-services?detail=");
    }
  }
}
