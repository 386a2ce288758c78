package io.hanse.cli.program;

import io.hanse.cli.client.Session;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What launch scripts say to an Envoy that is not there: taken, so that they go on working, and
 * named in a warning.
 */
final class EnvoyOptions {
  @Option(
      names = {
        "-envoy-binary",
        "-admin-access-log-path",
        "-envoy-version",
        "-envoy-ready-bind-address",
        "-envoy-ready-bind-port",
        "-grpc-ca-file",
        "-grpc-ca-path",
        "-prometheus-backend-port",
        "-prometheus-scrape-path",
        "-prometheus-ca-file",
        "-prometheus-ca-path",
        "-prometheus-cert-file",
        "-prometheus-key-file"
      },
      hidden = true)
  @SuppressWarnings("UnusedVariable")
  private @Nullable List<String> values;

  @Option(
      names = {
        "-no-central-config",
        "-omit-deprecated-tags",
        "-ignore-envoy-compatibility",
        "-enable-config-gen-logging"
      },
      hidden = true)
  @SuppressWarnings("UnusedVariable")
  private boolean switches;

  @Parameters(hidden = true)
  private @Nullable List<String> arguments;

  /** Names the flags of a command line that nothing came of, not their values. */
  void warn(Session session, CommandSpec command) {
    Set<String> given = new TreeSet<>();
    for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
      if (option.hidden()) {
        given.addAll(spellings(option, command));
      }
    }
    if (arguments != null && !arguments.isEmpty()) {
      given.add("arguments for Envoy");
    }
    if (!given.isEmpty()) {
      session.warn("Warning: there is no Envoy, ignored: " + String.join(", ", given));
    }
  }

  private static List<String> spellings(OptionSpec option, CommandSpec command) {
    return command.commandLine().getParseResult().originalArgs().stream()
        .takeWhile(word -> !word.equals("--"))
        .map(word -> word.replaceFirst("=.*", ""))
        .filter(List.of(option.names())::contains)
        .toList();
  }
}
