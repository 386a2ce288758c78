package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.arguments;
import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.KeyValue;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.client.Table;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "intention", description = "Says who may call whom.")
public final class IntentionCommands {
  private static final String ALL = "/v1/connect/intentions";
  private static final String EXACT = ALL + "/exact";
  private static final String COUNT = "command requires exactly 1 or 2 arguments";

  /** What a check that could not be made ends with; 1 means "denied". */
  private static final int UNDECIDED = 2;

  private final Session session;

  public IntentionCommands(Session session) {
    this.session = session;
  }

  @Command(name = "create", description = "Allows or denies a service to call another.")
  int create(
      @Mixin ServerFlags server,
      @Option(names = "-allow", description = "Allows; so does neither flag.") boolean allow,
      @Option(names = "-deny", description = "Denies.") boolean deny,
      @Option(names = "-file", description = "The arguments are files.") boolean file,
      @Option(names = "-replace", description = "Replaces the one that is there.") boolean replace,
      @Option(
              names = "-meta",
              converter = KeyValue.Converter.class,
              paramLabel = "<key>=<value>",
              description = "Kept with the intention.")
          @Nullable List<KeyValue> meta,
      @Parameters(paramLabel = "SRC DST") @Nullable List<String> positional) {
    if (allow && deny) {
      throw new CommandFailure("Only one of -allow or -deny may be specified.");
    }
    List<String> arguments = arguments(positional);
    List<Value> intentions =
        file
            ? arguments.stream().map(this::ofFile).toList()
            : List.of(ofArguments(arguments, deny ? "deny" : "allow", KeyValue.map(meta)));
    ApiClient api = server.client(session);
    for (Value intention : intentions) {
      if (!replace || !replaced(api, intention)) {
        String line = IntentionText.line(intention);
        try {
          during(
              "Error creating intention \"" + line + "\"",
              () -> api.send(Request.post(ALL).with(intention)).orFail());
        } catch (CommandFailure e) {
          throw new CommandFailure(PeerSource.explained(e.text(), intention));
        }
        session.print("Created: " + line);
      }
    }
    return 0;
  }

  private static Value ofArguments(
      List<String> arguments, String action, Map<String, String> meta) {
    if (arguments.size() != 2) {
      throw new CommandFailure("Error: Must specify two arguments: source and destination");
    }
    Map<String, Value> intention = new LinkedHashMap<>();
    addName(intention, "Source", arguments.get(0));
    addName(intention, "Destination", arguments.get(1));
    intention.put("SourceType", Value.of("consul"));
    intention.put("Action", Value.of(action));
    if (!meta.isEmpty()) {
      intention.put("Meta", Value.ofTexts(meta));
    }
    return new Value.Fields(intention);
  }

  /** {@code [[partition/]namespace/]name}. */
  private static void addName(Map<String, Value> intention, String end, String text) {
    String[] parts = text.split("/", -1);
    if (parts.length > 3) {
      String which = end.equals("Source") ? "source" : "destination";
      throw new CommandFailure(
          "Error: Invalid intention " + which + ": input can contain at most two '/'");
    }
    if (parts.length == 3) {
      intention.put(end + "Partition", Value.of(parts[0]));
    }
    if (parts.length >= 2) {
      intention.put(end + "NS", Value.of(parts[parts.length - 2]));
    }
    intention.put(end + "Name", Value.of(parts[parts.length - 1]));
  }

  private Value ofFile(String name) {
    Value intention;
    try {
      intention = JsonText.parse(Files.readString(session.path(name)));
    } catch (IOException e) {
      throw new CommandFailure("Error: open " + name + ": " + Documents.reason(e));
    } catch (SyntaxException e) {
      throw new CommandFailure("Error: " + e.getMessage());
    }
    if (!intention.at("Permissions").items().isEmpty()) {
      throw new CommandFailure(
          "Error: cannot create L7 intention from file \""
              + name
              + "\" using this CLI; use 'consul config write' instead");
    }
    return intention;
  }

  /** Whether there was one to replace. Nothing is printed, as by Consul's client. */
  private static boolean replaced(ApiClient api, Value intention) {
    String source = IntentionText.source(intention);
    String destination = IntentionText.destination(intention);
    String between = " with source \"" + source + "\" and destination \"" + destination + "\"";
    Optional<Value> old =
        during(
            "Error looking up intention for replacement" + between,
            () -> found(api, exact(Request.get(EXACT), source, destination)));
    if (old.isEmpty()) {
      return false;
    }
    String id = old.get().at("ID").text();
    during(
        "Error replacing intention" + between,
        () -> api.send(Request.put(ALL + "/" + Request.segment(id)).with(intention)).orFail());
    return true;
  }

  @Command(name = "get", description = "Shows one by its ID, or by source and destination.")
  int get(
      @Mixin ServerFlags server,
      @Parameters(paramLabel = "ID | SRC DST") @Nullable List<String> positional) {
    List<String> arguments = arguments(positional);
    Request request = one(arguments, Request.get(EXACT), Request::get);
    Value intention =
        during("Error reading the intention", () -> found(server.client(session), request))
            .orElseThrow(() -> new CommandFailure(notFound(arguments)));
    session.out().print(IntentionText.whole(intention));
    List<Value> permissions = intention.at("Permissions").items();
    if (!permissions.isEmpty()) {
      session.print("Permissions:\n" + JsonText.pretty(new Value.Items(permissions), "  "));
    }
    return 0;
  }

  private static String notFound(List<String> arguments) {
    return arguments.size() == 1
        ? "Intention not found with ID \"" + arguments.get(0) + "\""
        : "Intention not found with source \""
            + arguments.get(0)
            + "\" and destination \""
            + arguments.get(1)
            + "\"";
  }

  @Command(name = "delete", description = "Deletes one by its ID, or by source and destination.")
  int delete(
      @Mixin ServerFlags server,
      @Parameters(paramLabel = "ID | SRC DST") @Nullable List<String> positional) {
    Request request = one(arguments(positional), Request.delete(EXACT), Request::delete);
    during("Error deleting the intention", () -> server.client(session).send(request).orFail());
    session.print("Intention deleted.");
    return 0;
  }

  @Command(name = "list", description = "Lists all, the most precise first.")
  int list(@Mixin ServerFlags server) {
    List<Value> intentions =
        during(
            "Failed to retrieve the intentions list",
            () -> server.client(session).get(ALL).orFail().json().items());
    if (intentions.isEmpty()) {
      throw new CommandFailure("There are no intentions.", UNDECIDED);
    }
    Table table = new Table("ID", "Source", "Action", "Destination", "Precedence");
    for (Value intention : intentions) {
      table.row(
          intention.at("ID").text(),
          IntentionText.ofPeer(intention) + intention.at("SourceName").text(),
          intention.at("Action").text(),
          intention.at("DestinationName").text(),
          intention.at("Precedence").text());
    }
    session.out().print(table.text());
    return 0;
  }

  @Command(name = "match", description = "Lists those about a destination, or of a source.")
  int match(
      @Mixin ServerFlags server,
      @Option(names = "-source", description = "The service calls.") boolean source,
      @Option(names = "-destination", description = "The service is called.") boolean destination,
      @Parameters(paramLabel = "SERVICE") @Nullable List<String> positional) {
    List<String> arguments = arguments(positional);
    if (arguments.size() != 1) {
      throw new CommandFailure("Error: command requires exactly one argument: src or dst");
    }
    if (source && destination) {
      throw new CommandFailure("Error: only one of -source or -destination may be specified");
    }
    String name = arguments.get(0);
    Request request =
        Request.get(ALL + "/match")
            .with("by", source ? "source" : "destination")
            .with("name", name);
    Value matches =
        during(
            "Error matching the connection",
            () -> server.client(session).send(request).orFail().json());
    matches.at(name).items().forEach(one -> session.print(IntentionText.line(one)));
    return 0;
  }

  @Command(name = "check", description = "Whether a service may connect; the exit code says so.")
  int check(
      @Mixin ServerFlags server,
      @Parameters(paramLabel = "SRC DST") @Nullable List<String> positional) {
    List<String> arguments = arguments(positional);
    if (arguments.size() != 2) {
      throw new CommandFailure(
          "Error: command requires exactly two arguments: src and dst", UNDECIDED);
    }
    Request request = exact(Request.get(ALL + "/check"), arguments.get(0), arguments.get(1));
    boolean isAllowed;
    try {
      isAllowed =
          server
              .client(session)
              .send(request.with("source-type", "consul"))
              .orFail()
              .json()
              .at("Allowed")
              .equals(Value.of(true));
    } catch (ApiException e) {
      throw new CommandFailure("Error checking the connection: " + e.getMessage(), UNDECIDED);
    }
    session.print(isAllowed ? "Allowed" : "Denied");
    return isAllowed ? 0 : 1;
  }

  /** Makes a request for a path. */
  private interface ByPath {
    Request of(String path);
  }

  private static Request one(List<String> arguments, Request exact, ByPath byPath) {
    return switch (arguments.size()) {
      case 1 -> byPath.of(ALL + "/" + Request.segment(arguments.get(0)));
      case 2 -> exact(exact, arguments.get(0), arguments.get(1));
      default -> throw new CommandFailure(COUNT);
    };
  }

  private static Request exact(Request request, String source, String destination) {
    return request.with("source", source).with("destination", destination);
  }

  /**
   * No answer for what is not there; other refusals in the words of this part of Consul's client.
   */
  private static Optional<Value> found(ApiClient api, Request request) {
    Response answer = api.send(request);
    if (answer.isNotFound()) {
      return Optional.empty();
    }
    if (!answer.isOk()) {
      throw new ApiException(
          "Unexpected response " + answer.status() + ": " + answer.text().strip());
    }
    return Optional.of(answer.json());
  }
}
