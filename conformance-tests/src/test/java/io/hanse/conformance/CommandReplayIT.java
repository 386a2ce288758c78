package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.CommandRun.Result;
import io.hanse.cli.Recording;
import io.hanse.cli.Recording.Line;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.conformance.replay.Comparison;
import io.hanse.conformance.replay.JsonTree;
import io.hanse.conformance.replay.Placeholders;
import io.hanse.conformance.replay.Placeholders.Mismatch;
import io.hanse.conformance.replay.SkipList;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recorded command lines, with what a real Consul's client printed, against whole agents. */
@Execution(ExecutionMode.CONCURRENT)
class CommandReplayIT {
  private static final SkipList SKIPS = SkipList.load("skip-commands.txt");

  /** A new group of commands is added here, too. */
  private static final Set<String> GROUPS =
      Set.of(
          "catalog",
          "config",
          "connect",
          "kv",
          "leave",
          "maint",
          "members",
          "operator",
          "peering",
          "services");

  /** What changes nothing may be asked again until the other cluster has followed. */
  private static final Pattern READING = Pattern.compile("peering (list|read|exported).*");

  /** Until the stream is open, whoever has redeemed a token is given the same answer again. */
  private static final String REDEEMED_AGAIN = "establish again with the same token";

  /**
   * Beside what a Consul says: it takes names of peers and services that are not there without a
   * word, and says nothing of who ended a peering.
   */
  private static final Pattern OWN_WARNING =
      Pattern.compile(
          "(Warning: there is no (peering|instance of) \"|The other cluster deleted its peering )"
              + "[^\n]*\n");

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long POLL_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

  @TempDir Path folder;

  private final Placeholders placeholders = new Placeholders(true);
  private final Comparison comparison = new Comparison(placeholders);
  private final Map<String, AgentProcess> agents = new LinkedHashMap<>();

  /** The number of lines may only grow. */
  @ParameterizedTest
  @CsvSource({
    "config,40",
    "general,38",
    "kv-connect-ca,43",
    "maint-usage,21",
    "peering,45",
    "services-catalog-intention,48"
  })
  void shouldPrintWhatConsulDid(String file, int replayedMin) throws IOException {
    Recording recording = Recording.load(file);
    List<String> differences = new ArrayList<>();
    int replayed = 0;
    try {
      start(recording.header());
      prepare(file);
      for (Line line : recording.lines()) {
        if (isReplayed(file, line)) {
          replayed++;
          replay(line, differences);
        }
      }
    } finally {
      agents.values().forEach(AgentProcess::close);
    }
    assertThat(differences).isEmpty();
    assertThat(replayed).isGreaterThanOrEqualTo(replayedMin);
  }

  private static boolean isReplayed(String file, Line line) {
    return line.isInScope()
        && !line.arguments().isEmpty()
        && GROUPS.contains(line.arguments().get(0))
        && SKIPS.reason(file, Map.of("name", line.title())).isEmpty();
  }

  private void start(Value header) throws IOException {
    List<Value> names = header.at("agents").items();
    for (Value each : names) {
      String name = each.at("name").text();
      Value own = header.at("extra_config");
      Map<String, Object> configuration = new TreeMap<>();
      (names.size() > 1 ? own.at(name) : own)
          .fields()
          .forEach((key, value) -> configuration.put(key, value.text()));
      AgentProcess agent =
          AgentProcess.start(
              AgentProcess.program(),
              folder,
              new io.hanse.conformance.replay.Recording.Agent(
                  name, each.at("node_id").text(), configuration),
              header.at("mode").text().equals("dev"));
      agents.put(name, agent);
      agent
          .ports()
          .forEach(
              (port, number) ->
                  placeholders.bind(
                      "port", names.size() > 1 ? name + "." + port : port, number.toString()));
    }
  }

  /** What was there before the first line was recorded. */
  private void prepare(String file) {
    if (file.equals("peering")) {
      String export =
          "Kind = \"exported-services\" Name = \"default\" Services = [{ Name = \"web\" Consumers ="
              + " [{ Peer = \"beta\" }] }]";
      Result written =
          new CommandRun()
              .with("HANSE_HTTP_ADDR", "127.0.0.1:" + agents.get("alpha").http().getPort())
              .in(folder)
              .reading(export)
              .run("config", "write", "-");
      assertThat(written.exit()).as(written.err()).isZero();
    }
  }

  private void replay(Line line, List<String> differences) throws IOException {
    long deadline = System.nanoTime() + POLL_MAX_NANOS;
    while (true) {
      try {
        compare(line, run(line));
        return;
      } catch (Mismatch e) {
        boolean maySettle =
            READING.matcher(String.join(" ", line.arguments())).matches()
                || line.title().equals(REDEEMED_AGAIN);
        if (!maySettle || System.nanoTime() - deadline > 0) {
          differences.add(line.title() + " | " + e.getMessage());
          return;
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  private Result run(Line line) throws IOException {
    for (Map.Entry<String, Value> file : line.json().at("files").fields().entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), substituted(file.getValue()));
    }
    InetSocketAddress http =
        (line.cluster().isEmpty() ? agents.values().iterator().next() : agents.get(line.cluster()))
            .http();
    CommandRun run =
        new CommandRun()
            .with("HANSE_HTTP_ADDR", "127.0.0.1:" + http.getPort())
            .in(folder)
            .reading(substituted(line.json().at("stdin")));
    line.json()
        .at("env")
        .fields()
        .forEach((variable, value) -> run.with(variable, substituted(value)));
    return run.run(line.arguments().stream().map(placeholders::substitute).toArray(String[]::new));
  }

  private String substituted(Value value) {
    return placeholders.substitute(
        value instanceof Value.Fields ? JsonText.compact(value) : value.text());
  }

  private void compare(Line line, Result result) {
    if (result.exit() != line.exit()) {
      throw new Mismatch("exit " + result.exit() + ": " + result.out() + result.err());
    }
    compare(line.out(), result.out());
    compare(line.err(), OWN_WARNING.matcher(result.err()).replaceAll(""));
  }

  /** The program has another name; and of a help text only the first line is a contract. */
  private void compare(String recorded, String actual) {
    String usage = "<help text>";
    String expected = recorded.replace("Usage: consul", "Usage: hanse");
    int help = expected.indexOf(usage);
    if (help < 0 && expected.matches("(?s)[\\[{].*[\\]}]\n")) {
      // The order of keys is no contract.
      comparison.compareTree(
          JsonTree.parse(expected.replaceAll("(: ?)<index>", "$1\"<index>\"")),
          JsonTree.parse(actual));
    } else if (help < 0) {
      placeholders.match(expected, actual);
    } else {
      placeholders.match(
          expected.substring(0, help), actual.substring(0, Math.min(help, actual.length())));
    }
  }
}
