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

  private static FakeApi exporting() throws IOException {
    return new FakeApi()
        .with("/v1/config", "true")
        .with("/v1/config/exported-services/default", "{'Kind':'exported-services'}")
        .with("/v1/peerings", "[{'Name':'east'}]")
        .with("/v1/catalog/services", "{'web':[],'api':[]}");
  }

  private static CommandRun.Result export(FakeApi api, String service) {
    return api.run("services", "export", "-name", service, "-consumer-peers", "east");
  }

  /** It is taken: the first instance may come later. */
  @Test
  void shouldWarnOfAnExportWithoutAnInstance() throws IOException {
    try (FakeApi api = exporting()) {
      CommandRun.Result slip = export(api, "wbe");
      assertThat(slip.exit()).isZero();
      assertThat(slip.out()).startsWith("Successfully exported service \"wbe\"");
      assertThat(slip.err())
          .startsWith("Warning: there is no instance of \"wbe\" yet; near to it: web;")
          .endsWith("hanse catalog services shows those that there are\n");
      assertThat(export(api, "WEB").err()).isEmpty();
      assertThat(export(api, "*").err()).isEmpty();
    }
  }

  @Test
  void shouldWarnOfWhatAnEntryExportsAsWell() throws IOException {
    String entry =
        "Kind = \"exported-services\" Name = \"default\" Services = [{ Name = \"%s\" Consumers ="
            + " [{ Peer = \"east\" }] }]";
    try (FakeApi api = exporting()) {
      CommandRun commands = new CommandRun().with("HANSE_HTTP_ADDR", api.address());
      assertThat(commands.reading(entry.formatted("other")).run("config", "write", "-").err())
          .startsWith("Warning: there is no instance of \"other\" yet;");
      assertThat(commands.reading(entry.formatted("api")).run("config", "write", "-").err())
          .isEmpty();
    }
  }
}
