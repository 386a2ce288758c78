package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.CommandRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Exit codes and first words are a real Consul's, which was asked the same. Where all is valid an
 * address is named: a machine may have several, and then wants one of them chosen.
 */
class ValidateCommandTest {
  @TempDir private Path folder;

  private Result validate(String... arguments) {
    String[] line = new String[arguments.length + 1];
    line[0] = "validate";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return new CommandRun().in(folder).run(line);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void shouldFindAWholeDirectoryValid() throws IOException {
    write("a.hcl", "server = true bind_addr = \"127.0.0.1\"");
    write("b.json", "{\"data_dir\": \"data\", \"bootstrap_expect\": 1}");
    assertThat(validate(".")).isEqualTo(new Result(0, "Configuration is valid!\n", ""));
    assertThat(validate("-quiet", ".")).isEqualTo(new Result(0, "", ""));
    assertThat(folder.resolve("data")).as("nothing is started").doesNotExist();
  }

  @Test
  void shouldTellOfKeysThatComeToNothing() throws IOException {
    write(
        "a.hcl",
        "server = true data_dir = \"data\" bootstrap = true bind_addr = \"127.0.0.1\""
            + " ports { dns = 8600 }");
    Result result = validate("a.hcl");
    assertThat(result.exit()).isZero();
    assertThat(result.err()).contains("ports.dns");
    assertThat(validate("-quiet", "a.hcl").err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "server = true bootsrap = true, 'Config validation failed: failed to parse ', invalid config key bootsrap",
    "server = true, Config validation failed: data_dir cannot be empty, ''",
    "server = true data_dir = \"d\" acl { enabled = true }, Config validation failed: , acl.enabled"
  })
  void shouldSayWhyNoAgentWouldStart(String text, String begin, String named) throws IOException {
    write("a.hcl", text);
    Result result = validate(".");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith(begin).contains(named);
  }

  @Test
  void shouldSayWhatItWasNotGiven() {
    assertThat(validate())
        .isEqualTo(new Result(1, "", "Must specify at least one config file or directory\n"));
    assertThat(validate("-config-format", "x", "."))
        .isEqualTo(new Result(1, "", "-config-format must be either 'hcl' or 'json\n"));
    assertThat(validate("none.hcl"))
        .isEqualTo(
            new Result(
                1,
                "",
                "Config validation failed: config: Open failed on none.hcl. open none.hcl: no such"
                    + " file or directory\n"));
  }
}
