package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.FakeApi;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class IntentionCommandsTest {
  @Test
  void shouldListWhoseCallersASourceStandsFor() throws IOException {
    String rest = "'SourceName':'*','Action':'deny','DestinationName':'web','Precedence':8}";
    try (FakeApi api =
        new FakeApi()
            .with("/v1/connect/intentions", "[{'SourcePeer':'west'," + rest + ",{" + rest + "]")) {
      assertThat(api.run("intention", "list").out())
          .isEqualTo(
              """
              ID  Source       Action  Destination  Precedence
                  peer west/*  deny    web          8
                  *            deny    web          8
              """);
    }
  }

  @Test
  void shouldSayHowCallersOfAPeerAreLetIn() throws IOException {
    String refusal = "Invalid SourceNS(west): Namespaces is a Consul Enterprise feature";
    try (FakeApi api = new FakeApi().refusing("/v1/connect/intentions", refusal)) {
      assertThat(api.run("intention", "create", "-allow", "west/front", "web").err())
          .contains(refusal + ")\nIf \"west\" is a peer: hanse config write")
          .contains("Sources = [{ Name = \"front\", Peer = \"west\", Action = \"allow\" }]");
    }
    try (FakeApi api = new FakeApi().refusing("/v1/connect/intentions", "duplicate")) {
      assertThat(api.run("intention", "create", "front", "web").err()).endsWith("(duplicate)\n");
    }
  }
}
