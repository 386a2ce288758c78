package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.FakeApi;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EstablishFailureTest {
  private static final String AT_ONE =
      "\t* failed to exchange peering secret through address \"10.0.0.1:8503\": rpc error: code ="
          + " Unavailable desc = connection error: desc = \"%s\"\n";

  private static String establish(String refusal) throws IOException {
    try (FakeApi api = new FakeApi().refusing("/v1/peering/establish", refusal)) {
      return api.run("peering", "establish", "-name", "x", "-peering-token", "ZGI5").err();
    }
  }

  @Test
  void shouldTellAttemptsThatWentAlikeOnce() throws IOException {
    String refused = AT_ONE.formatted("connection refused");
    String other = refused.replace("10.0.0.1", "10.0.0.2");
    assertThat(establish("4 errors occurred:\n" + refused + other + refused + refused + "\n"))
        .startsWith(
            "Error establishing peering for x: Unexpected response code: 500 (4 errors occurred:\n"
                + refused.stripTrailing()
                + " (3 times)\n"
                + other.stripTrailing()
                + ")\nThe token leads to nobody who answers. ")
        .contains("hanse peering token inspect", "-server-external-addresses");
  }

  @Test
  void shouldSayThatAnotherClusterAnswers() throws IOException {
    String foreign = AT_ONE.formatted("tls: failed to verify certificate: x509: unknown authority");
    assertThat(establish("1 error occurred:\n" + foreign + "\n"))
        .contains(foreign.stripTrailing() + ")\nWho answers there is not the cluster");
  }

  @Test
  void shouldLeaveOtherRefusalsAsTheyAre() throws IOException {
    String refusal = "a new peering token must be generated: invalid secret";
    assertThat(establish(refusal))
        .isEqualTo(
            "Error establishing peering for x: Unexpected response code: 500 (" + refusal + ")\n");
  }
}
