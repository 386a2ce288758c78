package io.hanse.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.FakeApi;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NextStepTest {
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

  @Test
  void shouldSayWhatASpanLooksLikeBehindConsulsWords() throws IOException {
    String refusal =
        "1 error(s) decoding:\n\n* error decoding 'ConnectTimeout': time: unknown unit \"x\" in"
            + " duration \"10x\"";
    try (FakeApi api = new FakeApi().refusing("/", refusal)) {
      assertThat(api.run("connect", "ca", "get-config").err())
          .endsWith(
              refusal
                  + ")\nOf a span of time a number with a unit is expected, like"
                  + " \"10s\" or \"1m30s\"\n");
    }
  }
}
