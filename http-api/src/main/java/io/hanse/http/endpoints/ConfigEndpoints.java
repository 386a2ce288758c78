package io.hanse.http.endpoints;

import io.hanse.fsm.chain.RouteBinding;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.filter.Selectors;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.DeleteConfigEntry;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import io.hanse.http.json.JsonProblem;
import io.hanse.http.json.MessageJson;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code /v1/config}: config entries by kind and name. */
public final class ConfigEndpoints {
  private static final String UNDECODED = "Request decoding failed: ";

  private static final Duration PATIENCE = Duration.ofSeconds(7);

  private final Writes writes;
  private final StateReader reader;

  ConfigEndpoints(Writes writes, StateReader reader) {
    this.writes = writes;
    this.reader = reader;
  }

  public Answer get(Call call, View view) {
    String rest = call.rest();
    int slash = rest.indexOf('/');
    String kind = slash < 0 ? rest : rest.substring(0, slash);
    if (!kind.isEmpty()) {
      ConfigEntryKind.of(kind);
    }
    if (slash < 0 || slash == rest.length() - 1) {
      List<ConfigEntry> entries = filtered(call, kind, new ConfigEntries(view).ofKind(kind));
      return Answer.json(entries.stream().map(new RouteBinding(view)::shown).toList());
    }
    String name = rest.substring(slash + 1);
    return new ConfigEntries(view)
        .entry(kind, name)
        .map(new RouteBinding(view)::shown)
        .map(Answer::json)
        .orElseGet(
            () ->
                Answer.text(404, "Config entry not found for \"" + kind + "\" / \"" + name + "\""));
  }

  private static List<ConfigEntry> filtered(Call call, String kind, List<ConfigEntry> entries) {
    if (Filters.isAsked(call) && !kind.equals("service-defaults")) {
      throw HttpProblem.internal("filtering not supported for config entry kind=" + kind);
    }
    return Filters.of(call, Filterable.SERVICE_DEFAULTS).of(entries);
  }

  public CompletableFuture<Answer> put(Call call) {
    ConfigEntry entry = ConfigEntryKind.prepare(read(call.body()));
    WriteConfigEntry.Builder write = WriteConfigEntry.newBuilder().setEntry(entry);
    cas(call.parameters()).ifPresent(index -> write.setHasCas(true).setCas(index));
    return writes
        .submit(Command.newBuilder().setWriteConfigEntry(write).build())
        .thenCompose(
            result ->
                result.getDone()
                    ? CompletableFuture.completedFuture(true)
                    : reader
                        .fresh(StateReader.Level.DEFAULT, PATIENCE)
                        .thenApply(freshness -> isStored(entry)))
        .thenApply(Answer::json);
  }

  /** As in Consul, a write of what is there has taken place, whatever version it asked for. */
  private boolean isStored(ConfigEntry entry) {
    try (View view = reader.view()) {
      return new ConfigEntries(view)
          .entry(entry.getKind(), entry.getName())
          .filter(stored -> stored.toBuilder().clearRaftIndex().build().equals(entry))
          .isPresent();
    }
  }

  public CompletableFuture<Answer> delete(Call call) {
    int slash = call.rest().indexOf('/');
    if (slash < 1) {
      throw HttpProblem.notFound("Must provide both a kind and name to delete");
    }
    String kind = call.rest().substring(0, slash);
    ConfigEntryKind.find(kind)
        .orElseThrow(() -> HttpProblem.badRequest("invalid config entry kind: " + kind))
        .requireDeletable();
    DeleteConfigEntry.Builder delete =
        DeleteConfigEntry.newBuilder().setKind(kind).setName(call.rest().substring(slash + 1));
    Optional<Long> cas = cas(call.parameters());
    cas.ifPresent(index -> delete.setHasCas(true).setCas(index));
    return writes
        .submit(Command.newBuilder().setDeleteConfigEntry(delete).build())
        .thenApply(
            result ->
                cas.isPresent()
                    ? Answer.json(result.getDone())
                    : Answer.json(out -> out.beginObject().endObject()));
  }

  private static Optional<Long> cas(Parameters parameters) {
    String text = parameters.first("cas");
    return text.isEmpty() ? Optional.empty() : Optional.of(Writes.number(text));
  }

  /** First the kind, which may stand anywhere, then all of it as that kind. */
  private static ConfigEntry read(byte[] body) {
    try {
      ConfigEntry.Builder entry = kindOf(body).prototype().toBuilder().clearName();
      List<String> unknown = MessageJson.readWeakly(body, entry);
      if (!unknown.isEmpty()) {
        throw HttpProblem.badRequest(UNDECODED + complaintOf(unknown));
      }
      return entry.build();
    } catch (JsonProblem e) {
      throw HttpProblem.badRequest(UNDECODED + e.located());
    }
  }

  private static ConfigEntryKind kindOf(byte[] body) {
    MessageJson.Member kind =
        MessageJson.member(body, "Kind")
            .orElseThrow(
                () ->
                    HttpProblem.badRequest(
                        UNDECODED + "Payload does not contain a kind/Kind key at the top level"));
    if (!(kind instanceof MessageJson.Member.Text text)) {
      throw HttpProblem.badRequest(UNDECODED + "Kind value in payload is not a string");
    }
    return ConfigEntryKind.find(text.value())
        .orElseThrow(
            () -> HttpProblem.badRequest(UNDECODED + "invalid config entry kind: " + text.value()));
  }

  private static String complaintOf(List<String> unknown) {
    return Bodies.all(
        unknown.stream().map(path -> "invalid config key \"" + path + "\"" + hint(path)).toList());
  }

  private static String hint(String path) {
    String folded = path.toLowerCase(Locale.ROOT);
    if (folded.endsWith("namespace")) {
      return ", namespaces are a consul enterprise feature";
    }
    return folded.contains("jwt")
        ? ", api-gateway jwt validation is a consul enterprise feature"
        : "";
  }

  /** Apart, as the descriptions of all kinds take long to load and a server starts without. */
  private static final class Filterable {
    static final Selectors SERVICE_DEFAULTS =
        Selectors.of(
            ConfigEntry.getDescriptor(),
            ConfigEntry.getDescriptor()
                .findFieldByNumber(ConfigEntry.SERVICE_DEFAULTS_FIELD_NUMBER));
  }
}
