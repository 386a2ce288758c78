package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.CommandRun.Result;
import io.hanse.cli.FakeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said before any server is asked; there is none. */
class PeeringCommandsTest {
  private static final String NOBODY = "127.0.0.1:1";

  private static Result run(String... args) {
    return new CommandRun().with("HANSE_HTTP_ADDR", NOBODY).run(args);
  }

  private static Result generate(String addresses) {
    return run("peering", "generate-token", "-name", "x", "-server-external-addresses", addresses);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x=|\"x=\": \"\" is not <host>:<port>",
        "x=1.2.3.4|\"x=1.2.3.4\": \"1.2.3.4\" is not <host>:<port>",
        "x=y=1.2.3.4:5|\"x=y=1.2.3.4:5\": \"y=1.2.3.4:5\" is not <host>:<port>",
        "'a=h:1, b=h:0'|\"b=h:0\": \"h:0\" is not <host>:<port>",
        "=h:1|No label before \"=h:1\"",
        "a b=h:1|\"a b=h:1\": the label \"a b\" has a space",
      })
  void shouldRefuseALabelledAddressThatNobodyCouldDial(String addresses, String message) {
    assertThat(generate(addresses)).isEqualTo(new Result(1, "", message + "\n"));
  }

  @ParameterizedTest
  @CsvSource({"foo", "host:0", "http://h:8503", "1.2.3.4", "h:65536"})
  void shouldWarnOfAPlainAddressThatNobodyCouldDialAndAskAllTheSame(String address) {
    assertThat(generate("10.0.0.1:8503," + address).err())
        .startsWith(
            "Warning: \"" + address + "\" is not <host>:<port>, so no cluster can dial it\n")
        .contains("Error generating peering token for x: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"gateway.example:8443,i=[::1]:1", "'i=h:1, h:2'", "h:1,"})
  void shouldTakeAddressesThatCanBeDialed(String addresses) {
    assertThat(generate(addresses).err()).startsWith("Error generating peering token for x: ");
  }

  @Test
  void shouldIgnoreFurtherArgumentsAsConsulDoes() {
    assertThat(run("peering", "list", "extra").err()).startsWith("Error listing peerings: ");
    assertThat(run("peering", "generate-token", "-name", "x", "extra", "args").err())
        .startsWith("Error generating peering token for x: ");
    assertThat(run("peering", "generate-token", "beta").err())
        .isEqualTo("Missing the required -name flag\n");
    assertThat(run("peering", "delete", "-name", "x", "extra").err())
        .startsWith("Error deleting peering for x: ");
  }

  /** Why one of them is pending is asked beside it. */
  @Test
  void shouldListAllPeeringsWhereOnlyTheirDetailsAreRefused() throws IOException {
    String pending = "[{'Name': 'beta', 'State': 'PENDING'}]";
    try (FakeApi api = new FakeApi().withoutDetails("/v1/peerings", pending, "no")) {
      Result result = api.run("peering", "list");
      assertThat(api.requests()).hasSize(2);
      assertThat(result.out()).contains("beta  PENDING");
      assertThat(result.err())
          .isEqualTo(
              "Why peerings are as they are is unknown: Unexpected response code: 500 (no)\n");
      assertThat(result.exit()).isZero();
    }
  }

  @Test
  void shouldTakeATokenFromAFileOrStandardInput(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("t"), " eyJ9 \n\n");
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    String[] establish = {"peering", "establish", "-name", "x"};
    assertThat(with(establish, "-peering-token-file", file.toString()).err())
        .startsWith("Error establishing peering for x: ");
    assertThat(with(establish, "-peering-token-file", empty.toString()).err())
        .isEqualTo("There is no peering token in " + empty + "\n");
    assertThat(with(establish, "-peering-token-file", "-").err())
        .isEqualTo("There is no peering token in standard input\n");
    assertThat(with(establish, "-peering-token", "a", "-peering-token-file", "-").err())
        .isEqualTo("Only one of -peering-token and -peering-token-file may be given\n");
    assertThat(with(establish, "-peering-token", " \n").err())
        .isEqualTo("Missing the required -peering-token flag\n");
  }

  private static Result with(String[] start, String... more) {
    return run(Stream.concat(Stream.of(start), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void shouldTakeFlagsBehindAddressesToPin() {
    assertThat(run("peering", "pin-addresses", "10.8.0.7:8503", "-name", "beta").err())
        .startsWith("Error pinning addresses of beta: ");
  }

  @ParameterizedTest
  @CsvSource({"5, missing unit", "foo, invalid duration", "1x, unknown unit"})
  void shouldNameTheFlagOfASpanThatIsNone(String ttl, String why) {
    Result result = run("peering", "generate-token", "-name", "x", "-ttl", ttl);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("-ttl: time: " + why)
        .contains("a number with a unit is expected");
  }

  @Test
  void shouldNameTheFileOfATokenThatIsNone(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("t"), "ZGI5MzMzYzItNmQ4ZS00NTQw\n");
    String refusal = "failed to decode token: invalid character 'd'";
    try (FakeApi api = new FakeApi().refusing("/v1/peering/establish", refusal)) {
      String[] establish = {"peering", "establish", "-name", "x", "-http-addr", api.address()};
      assertThat(with(establish, "-peering-token-file", file.toString()).err())
          .contains(refusal)
          .contains("\n" + file + " holds no peering token; expected is all that")
          .doesNotContain("ZGI5");
      assertThat(with(establish, "-peering-token", "ZGI5").err())
          .isEqualTo(
              "Error establishing peering for x: Unexpected response code: 500 ("
                  + refusal
                  + ")\n");
    }
  }

  @Test
  void shouldNameTheFileThatCannotBeRead() {
    String[] establish = {"peering", "establish", "-name", "x"};
    assertThat(with(establish, "-peering-token-file", "absent.token").err())
        .isEqualTo("-peering-token-file: open absent.token: no such file or directory\n");
    assertThat(run("peering", "token", "inspect", "absent.token").err())
        .startsWith("Error reading the token: open absent.token: no such file or directory; ");
    String secret = "6de2efb0-72da-4caa-9006-aa7a178cf7c1";
    assertThat(with(establish, "-peering-token-file", secret).err())
        .isEqualTo("-peering-token-file: no such file or directory\n");
    assertThat(run("peering", "token", "inspect", secret).err()).doesNotContain(secret);
  }
}
