package io.hanse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun.Result;
import io.hanse.cli.Recording.Line;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Replays what a real Consul's client answers without any server: help, and refusals. */
class RecordedErrorsTest {
  /** So many lines are replayed; the number may only grow. */
  private static final int REPLAYED_MIN = 71;

  private static final String USAGE = "<help text>\n";

  /** Where we do otherwise on purpose, or where a text is that of Go's libraries. */
  private static final Map<String, String> SKIPPED =
      Map.ofEntries(
          Map.entry("version", "says what Hanse is"),
          Map.entry("-version", "says what Hanse is"),
          Map.entry("--version", "says what Hanse is"),
          Map.entry("version -format json", "says what Hanse is"),
          Map.entry("members -status ((", "text of the library of regular expressions"),
          Map.entry("kv get -http-addr unix:// a", "no unix sockets yet"),
          Map.entry("agent -dev -bind zz", "names the address"),
          Map.entry("services imported-services", "there is such a command"),
          Map.entry("services imported-services -format json", "there is such a command"),
          Map.entry("kv put -base64 b64 zz!", "writes nothing"));

  @TempDir private static Path directory;

  @TestFactory
  java.util.stream.Stream<DynamicTest> shouldAnswerAsConsulDoesWithoutAServer() {
    return Recording.NAMES.stream()
        .flatMap(
            name -> {
              try {
                return Recording.load(name).lines().stream();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            })
        .filter(RecordedErrorsTest::isReplayed)
        .map(line -> DynamicTest.dynamicTest(line.title(), () -> replay(line)));
  }

  @Test
  void shouldReplayNoFewerLinesThanBefore() throws IOException {
    int count = 0;
    for (String name : Recording.NAMES) {
      count +=
          (int)
              Recording.load(name).lines().stream().filter(RecordedErrorsTest::isReplayed).count();
    }
    assertThat(count).isGreaterThanOrEqualTo(REPLAYED_MIN);
  }

  private static boolean isReplayed(Line line) {
    return line.isInScope()
        && !SKIPPED.containsKey(line.title())
        && !SKIPPED.containsKey(String.join(" ", line.arguments()))
        && (line.exit() != 0 || line.out().contains(USAGE))
        && !line.err().contains("Unexpected response")
        && !line.title().matches("connect expose.*")
        && !needsServer(line);
  }

  /** Refusals that only a server's answer leads to. */
  private static boolean needsServer(Line line) {
    return line.err()
            .matches(
                "(?s)No peering with.*|Error! (No key|Did not).*|Intention not found.*"
                    + "|.*not (updated|deleted).*")
        || line.out().startsWith("Denied")
        || line.err().contains("invalid config key \"")
        || line.err().contains("invalid config entry kind")
        || line.err().contains("No sidecar proxy registered")
        || line.exit() == 2;
  }

  private static void replay(Line line) throws IOException {
    for (Map.Entry<String, Value> file : line.json().at("files").fields().entrySet()) {
      Files.writeString(
          directory.resolve(file.getKey()), onOneAddress(file.getKey(), file.getValue().text()));
    }
    Result result =
        new CommandRun()
            .with("HANSE_HTTP_ADDR", "127.0.0.1:1")
            .in(directory)
            .reading(line.json().at("stdin").text())
            .run(line.arguments().toArray(String[]::new));
    assertThat(result.exit()).as(result.err()).isEqualTo(line.exit());
    assertText(result.out(), line.out());
    assertText(result.err(), line.err());
  }

  /** As where it was recorded; where this machine has several, one would have to be chosen. */
  private static String onOneAddress(String file, String text) {
    return file.endsWith(".hcl") && text.contains("data_dir")
        ? text + "bind_addr = \"127.0.0.1\"\n"
        : text;
  }

  /** The program has another name; and of a help text only the first line is a contract. */
  private static void assertText(String actual, String recorded) {
    String expected = recorded.replace("consul", "hanse").replace("Usage: hanse", "Usage: hanse");
    if (expected.endsWith(USAGE)) {
      assertThat(actual).startsWith(expected.substring(0, expected.length() - USAGE.length()));
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }
}
