package io.hanse.cli.agent;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.http.json.GoDuration;
import io.hanse.http.json.JsonProblem;
import io.hanse.http.json.MessageJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Config entries of the agent's configuration ({@code config_entries.bootstrap}): a leader writes
 * each where there is none of its kind and name.
 */
final class BootstrapEntries {
  private final List<ConfigEntry> entries;

  private BootstrapEntries(List<ConfigEntry> entries) {
    this.entries = entries;
  }

  /** Fails where one is not an entry, and says which. */
  static BootstrapEntries of(List<Value> values) {
    return new BootstrapEntries(values.stream().map(BootstrapEntries::entry).toList());
  }

  CompletableFuture<?> write(CommandSubmitter submitter) {
    return CompletableFuture.allOf(
        entries.stream()
            .map(
                entry ->
                    submitter.submit(
                        Command.newBuilder()
                            .setWriteConfigEntry(
                                WriteConfigEntry.newBuilder().setEntry(entry).setHasCas(true))
                            .build()))
            .toArray(CompletableFuture<?>[]::new));
  }

  private static ConfigEntry entry(Value value) {
    String text = JsonText.compact(value);
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    if (!(MessageJson.member(json, "Kind").orElse(null) instanceof MessageJson.Member.Text kind)) {
      throw invalid("an entry has no kind: " + text);
    }
    ConfigEntry.Builder entry =
        ConfigEntryKind.find(kind.value())
            .orElseThrow(() -> invalid("invalid config entry kind: " + kind.value()))
            .prototype()
            .toBuilder();
    List<String> unknown;
    try {
      unknown = MessageJson.readWeakly(json, entry);
    } catch (JsonProblem e) {
      String hint = e.path().isEmpty() ? "" : "; " + GoDuration.EXPECTED;
      throw invalid(kind.value() + ": " + e.path() + ": " + e.getMessage() + hint);
    }
    if (!unknown.isEmpty()) {
      throw invalid("invalid config key \"" + unknown.get(0) + "\" in " + text);
    }
    return entry.build();
  }

  private static ProblemException invalid(String message) {
    return new ProblemException(
        ProblemCode.INVALID_ARGUMENT, "config_entries.bootstrap: " + message);
  }
}
