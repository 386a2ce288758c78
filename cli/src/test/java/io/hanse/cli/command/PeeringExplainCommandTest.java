package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.FakeApi;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PeeringExplainCommandTest {
  private static FakeApi peered() throws IOException {
    return new FakeApi()
        .with("/v1/peering/", "{'Name':'east','State':'ACTIVE','Detail':{'Silence':'1s'}}")
        .with("/v1/peerings", "[{'Name':'east'}]")
        .with("/v1/config/exported-services", "[]")
        .with("/v1/exported-services", "[{'Service':'web','Consumers':{'Peers':['east']}}]")
        .with("/v1/imported-services", "[{'Service':'web','SourcePeer':'east'}]")
        .with("/v1/catalog/services", "{'web':[]}")
        .with("/v1/health/", "[{'Checks':[]}]")
        .with("/v1/connect/intentions/match", "{'web':[]}")
        .with("/v1/agent/self", "{}");
  }

  /** What programs look for must not change with names, nor with words. */
  @Test
  void shouldGiveEachSideTheSameKeyWhateverIsAskedFor() throws IOException, SyntaxException {
    try (FakeApi api = peered()) {
      Value all =
          JsonText.parse(api.run("peering", "explain", "-name", "east", "-format", "json").out());
      assertThat(all.fields()).containsOnlyKeys("Peering", "Imports", "Exports");
      CommandRun.Result one =
          api.run("peering", "explain", "-name", "east", "-service", "web", "-format", "json");
      assertThat(JsonText.parse(one.out()).fields())
          .containsOnlyKeys("Peering", "Imports", "Exports");
      assertThat(all.at("Peering").items().get(0).fields())
          .containsOnlyKeys("OK", "Mark", "Finding", "Hint")
          .containsEntry("Mark", Value.of("ok"));
    }
  }

  @Test
  void shouldTellAPersonWhatEachSideIsAbout() throws IOException {
    try (FakeApi api = peered()) {
      assertThat(api.run("peering", "explain", "-name", "east").out())
          .contains("Peering with east\n", "\nImported from east\n", "\nExported to east\n");
    }
  }

  @Test
  void shouldSayThatAConsulCannotBeAsked() throws IOException {
    try (FakeApi api = new FakeApi().with("/v1/peering/", "{'Name':'east','State':'ACTIVE'}")) {
      assertThat(api.run("peering", "explain", "-name", "east").err())
          .startsWith("This server tells no details, as a Consul: ask a server of Hanse");
    }
  }
}
