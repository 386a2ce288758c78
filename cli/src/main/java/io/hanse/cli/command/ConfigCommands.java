package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.arguments;
import static io.hanse.cli.client.Failures.during;
import static io.hanse.cli.client.Failures.required;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "config", description = "Reads and writes config entries.")
public final class ConfigCommands {
  private static final String NO_KIND = "Must specify the -kind parameter";
  private static final String NO_NAME = "Must specify the -name parameter";
  private static final String INDENT = "    ";

  private final Session session;

  public ConfigCommands(Session session) {
    this.session = session;
  }

  @Command(name = "write", description = "Writes the entry of a file, or of standard input.")
  int write(
      @Mixin ServerFlags server,
      @Option(names = "-cas", description = "Only where -modify-index is the entry's.") boolean cas,
      @Option(
              names = "-modify-index",
              defaultValue = "0",
              paramLabel = "<index>",
              description = "0: no entry yet.")
          long modifyIndex,
      @Parameters(paramLabel = "FILE") @Nullable List<String> positional) {
    List<String> files = arguments(positional);
    if (files.size() != 1) {
      throw new CommandFailure(
          "Must provide exactly one positional argument to specify the config entry to write");
    }
    Value entry = Documents.configEntry(Documents.load(session, files.get(0)));
    String title = entry.atAny("Kind").text() + "/" + Documents.entryName(entry);
    Request request =
        Request.put("/v1/config")
            .withUnlessEmpty("cas", cas ? String.valueOf(modifyIndex) : "")
            .with(entry);
    Response answer =
        during(
            "Error writing config entry " + title,
            () -> decoded(server.client(session).send(request)).orFail());
    if (!answer.isTrue()) {
      throw new CommandFailure("Config entry not updated: " + title);
    }
    session.print("Config entry written: " + title);
    ApiClient api = server.client(session);
    AbsentPeerings.warn(session, api, AbsentPeerings.namedBy(entry));
    AbsentServices.warn(session, api, AbsentServices.exportedBy(entry));
    return 0;
  }

  /** The server knows the keys of each kind; what it can't decode is the input's fault. */
  private static Response decoded(Response answer) {
    String prefix = "Request decoding failed: ";
    if (answer.status() == 400 && answer.text().startsWith(prefix)) {
      throw new CommandFailure(Documents.UNDECODABLE + answer.text().substring(prefix.length()));
    }
    return answer;
  }

  @Command(name = "read", description = "Shows one entry.")
  int read(
      @Mixin ServerFlags server,
      @Option(names = "-kind", defaultValue = "", paramLabel = "<kind>", description = "Its kind.")
          String kind,
      @Option(names = "-name", defaultValue = "", paramLabel = "<name>", description = "Its name.")
          String name) {
    required(kind, NO_KIND);
    required(name, NO_NAME);
    Value entry =
        during(
            "Error reading config entry " + kind + "/" + name,
            () -> server.client(session).get(path(kind, name)).orFail().json());
    // What can be written again: the hash is for machines that compare.
    Map<String, Value> shown = new LinkedHashMap<>(entry.fields());
    shown.remove("Hash");
    session.print(JsonText.pretty(new Value.Fields(shown), INDENT));
    return 0;
  }

  @Command(name = "list", description = "Lists the entries of one kind by name.")
  int list(
      @Mixin ServerFlags server,
      @Option(names = "-kind", defaultValue = "", paramLabel = "<kind>", description = "The kind.")
          String kind,
      @Option(
              names = "-filter",
              defaultValue = "",
              paramLabel = "<expression>",
              description = "Only those that match.")
          String filter) {
    required(kind, NO_KIND);
    Request request =
        Request.get("/v1/config/" + Request.segment(kind)).withUnlessEmpty("filter", filter);
    Value entries =
        during(
            "Error listing config entries for kind \"" + kind + "\"",
            () -> server.client(session).send(request).orFail().json());
    entries.items().forEach(entry -> session.print(Documents.entryName(entry)));
    return 0;
  }

  @Command(name = "delete", description = "Deletes one entry.")
  int delete(
      @Mixin ServerFlags server,
      @Option(names = "-kind", defaultValue = "", paramLabel = "<kind>", description = "Its kind.")
          String kind,
      @Option(names = "-name", defaultValue = "", paramLabel = "<name>", description = "Its name.")
          String name,
      @Option(
              names = "-filename",
              defaultValue = "",
              paramLabel = "<file>",
              description = "A file with kind and name.")
          String file,
      @Option(names = "-cas", description = "Only where -modify-index is the entry's.") boolean cas,
      @Option(
              names = "-modify-index",
              defaultValue = "0",
              paramLabel = "<index>",
              description = "Of the entry.")
          long modifyIndex) {
    if (!file.isEmpty() && !(kind.isEmpty() && name.isEmpty())) {
      throw new CommandFailure("filename can't be used with kind or name");
    }
    if (file.isEmpty()) {
      required(kind, "Must specify the -kind or -filename parameter");
      required(name, NO_NAME);
    }
    if (cas && modifyIndex == 0) {
      throw new CommandFailure("Must specify a -modify-index greater than 0 with -cas");
    }
    if (!cas && modifyIndex != 0) {
      throw new CommandFailure("Cannot specify -modify-index without -cas");
    }
    String itsKind = kind;
    String itsName = name;
    if (!file.isEmpty()) {
      Value entry = Documents.configEntry(Documents.load(session, file));
      itsKind = entry.atAny("Kind").text();
      itsName = Documents.entryName(entry);
    }
    String title = itsKind + "/" + itsName;
    Request request =
        Request.delete(path(itsKind, itsName))
            .withUnlessEmpty("cas", cas ? String.valueOf(modifyIndex) : "");
    Response answer =
        during(
            "Error deleting config entry " + title,
            () -> server.client(session).send(request).orFail());
    if (cas && !answer.isTrue()) {
      throw new CommandFailure("Config entry not deleted: " + title);
    }
    session.print("Config entry deleted: " + title);
    return 0;
  }

  private static String path(String kind, String name) {
    return "/v1/config/" + Request.segment(kind) + "/" + Request.segment(name);
  }
}
