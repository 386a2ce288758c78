package io.hanse.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.FakeApi;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoLeaderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "peering list",
        "peering explain -name x",
        "kv get x",
        "kv put x y",
        "config list -kind mesh",
        "operator raft list-peers",
        "intention list",
        "snapshot save none.snap",
      })
  void shouldSayWhatNextBehindConsulsWords(String command) throws IOException {
    try (FakeApi api = new FakeApi().refusing("/", "No cluster leader")) {
      assertThat(api.run(command.split(" ")).err())
          .contains("Unexpected response code: 500 (No cluster leader)\n")
          .endsWith("of what the server asked has stored.\n")
          .containsOnlyOnce("hanse members");
    }
  }

  @Test
  void shouldLeaveOtherRefusalsAsTheyAre() throws IOException {
    try (FakeApi api = new FakeApi().refusing("/", "no such thing")) {
      assertThat(api.run("peering", "list").err())
          .isEqualTo("Error listing peerings: Unexpected response code: 500 (no such thing)\n");
    }
  }
}
