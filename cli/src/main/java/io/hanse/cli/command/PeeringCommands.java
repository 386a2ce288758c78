package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Failures;
import io.hanse.cli.client.FlagsAnywhere;
import io.hanse.cli.client.FormatFlag;
import io.hanse.cli.client.HttpFlags;
import io.hanse.cli.client.IgnoredArguments;
import io.hanse.cli.client.KeyValue;
import io.hanse.cli.client.PartitionFlag;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.client.Session;
import io.hanse.cli.client.StaleFlag;
import io.hanse.cli.client.Table;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.http.json.GoDuration;
import io.hanse.http.json.JsonProblem;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "peering", description = "Joins this cluster with others.")
public final class PeeringCommands {
  private static final String FORMATS = "json|pretty";

  /** The peering that a command is about. */
  static final class PeerFlag {
    @Option(
        names = "-name",
        defaultValue = "",
        paramLabel = "<name>",
        description = "The other cluster's name here; required.")
    private String name = "";

    String required() {
      return Failures.required(name, "Missing the required -name flag");
    }
  }

  private final Session session;

  public PeeringCommands(Session session) {
    this.session = session;
  }

  @Command(
      name = "generate-token",
      description = {
        "Makes a token that another cluster redeems.",
        "%nExample: hanse peering generate-token -name beta -ttl 24h > beta.token"
      })
  int generateToken(
      @Mixin HttpFlags http,
      @Mixin PeerFlag peer,
      @Option(
              names = "-meta",
              converter = KeyValue.Converter.class,
              paramLabel = "<key>=<value>",
              description = "Metadata of the peering, key=value; may be repeated.")
          @Nullable List<KeyValue> meta,
      @Option(
              names = "-server-external-addresses",
              defaultValue = "",
              paramLabel = "[<label>=]<host>:<port>,...",
              description = {
                "Addresses that the token names in place of the servers' own.",
                "By its label the other cluster's operator can tell one way from another."
              })
          String externalAddresses,
      @Option(
              names = "-ttl",
              defaultValue = "",
              paramLabel = "<duration>",
              description = "After so long nobody redeems it any more, as 24h; never by default.")
          String ttl,
      @Mixin PartitionFlag partition,
      @Mixin FormatFlag format,
      @Mixin IgnoredArguments ignored) {
    String name = peer.required();
    boolean isJson = format.isJson(FORMATS);
    Map<String, Value> body = new LinkedHashMap<>();
    body.put("PeerName", Value.of(name));
    addMeta(body, meta);
    if (!externalAddresses.isEmpty()) {
      ExternalAddresses.parse(session, externalAddresses).addTo(body);
    }
    if (!ttl.isEmpty()) {
      body.put("TTL", Value.of(span("-ttl", ttl)));
    }
    Request request = partition.on(Request.post("/v1/peering/token").with(new Value.Fields(body)));
    Value answer =
        during(
            "Error generating peering token for " + name,
            () -> http.client(session).send(request).orFail().json());
    session.print(isJson ? JsonText.compact(answer) : answer.at("PeeringToken").text());
    return 0;
  }

  @Command(
      name = "establish",
      description = {
        "Redeems a token of another cluster.",
        "%nExample: hanse peering establish -name alpha -peering-token-file beta.token"
      })
  int establish(
      @Mixin HttpFlags http,
      @Mixin PeerFlag peer,
      @Option(
              names = "-peering-token",
              defaultValue = "",
              paramLabel = "<token>",
              description = "What it generated; everybody on the machine sees it.")
          String token,
      @Option(
              names = "-peering-token-file",
              defaultValue = "",
              paramLabel = "<file>|-",
              description = "Where that is in place of -peering-token, - for standard input.")
          String tokenFile,
      @Option(
              names = "-meta",
              converter = KeyValue.Converter.class,
              paramLabel = "<key>=<value>",
              description = "Metadata of the peering, key=value; may be repeated.")
          @Nullable List<KeyValue> meta,
      @Option(
              names = "-prefer-address-label",
              defaultValue = "",
              paramLabel = "<label>",
              description = "Of the token's addresses, those with this label are dialed first.")
          String preferredLabel,
      @Mixin PartitionFlag partition,
      @Mixin IgnoredArguments ignored) {
    String name = peer.required();
    GivenToken given = GivenToken.of(session, token, tokenFile);
    Map<String, Value> body = new LinkedHashMap<>();
    body.put("PeerName", Value.of(name));
    body.put("PeeringToken", Value.of(given.text()));
    addMeta(body, meta);
    if (!preferredLabel.isEmpty()) {
      body.put("PreferAddressLabel", Value.of(preferredLabel));
    }
    Request request =
        partition.on(Request.post("/v1/peering/establish").with(new Value.Fields(body)));
    try {
      during(
          "Error establishing peering for " + name,
          () -> http.client(session).send(request).orFail());
    } catch (CommandFailure e) {
      throw given.explained(new CommandFailure(EstablishFailure.explained(e.text())));
    }
    session.print("Successfully established peering connection with " + name);
    return 0;
  }

  /** As the server reads it, which does not know the flag. */
  private static String span(String flag, String text) {
    try {
      GoDuration.parse(text);
      return text;
    } catch (JsonProblem e) {
      throw new CommandFailure(flag + ": " + e.getMessage() + "; " + GoDuration.EXPECTED);
    }
  }

  @Command(
      name = "pin-addresses",
      description = {
        "Has the other cluster dialed at these addresses only.",
        "Whatever it says itself; without any address, where it says.",
        "They are tried in this order. A label is a word for operators: what leads where.",
        "%nExample: hanse peering pin-addresses -name beta vpn=10.8.0.7:8503 198.51.100.7:443"
      })
  int pinAddresses(
      @Mixin HttpFlags http,
      @Mixin PeerFlag peer,
      @Parameters(arity = "0..*", paramLabel = "[<label>=]<host>:<port>")
          @Nullable List<String> addresses,
      @Mixin FlagsAnywhere anywhere) {
    String name = peer.required();
    List<Value> pinned =
        Failures.arguments(addresses).stream().map(PeeringCommands::address).toList();
    Value body =
        new Value.Fields(Map.of("PeerName", Value.of(name), "Addresses", new Value.Items(pinned)));
    Value answer =
        during(
            "Error pinning addresses of " + name,
            () ->
                http.client(session)
                    .send(Request.put("/v1/peering/addresses").with(body))
                    .orFail()
                    .json());
    String what =
        pinned.isEmpty() ? "No address of " + name + " is" : "Addresses of " + name + " are";
    session.print(what + " pinned" + (answer.at("Changed").truth() ? "" : ", as before"));
    return 0;
  }

  private static Value address(String text) {
    int equals = text.indexOf('=');
    return Value.ofTexts(
        Map.of(
            "Label", text.substring(0, Math.max(0, equals)),
            "Address", text.substring(equals + 1)));
  }

  @Command(
      name = "list",
      description = {"Lists all peerings.", "%nExample: hanse peering list -format json"})
  int list(
      @Mixin HttpFlags http,
      @Mixin StaleFlag stale,
      @Mixin PartitionFlag partition,
      @Mixin FormatFlag format,
      @Mixin IgnoredArguments ignored) {
    boolean isJson = format.isJson(FORMATS);
    Request request = stale.on(partition.on(Request.get("/v1/peerings")));
    Value answer =
        during("Error listing peerings", () -> http.client(session).send(request).orFail().json());
    List<Value> peerings =
        answer.items().stream()
            .sorted(Comparator.comparing(peering -> peering.at("Name").text()))
            .toList();
    if (isJson) {
      session.print(JsonText.compact(new Value.Items(peerings)));
      return 0;
    }
    if (peerings.isEmpty()) {
      session.print("There are no peering connections.");
      return 0;
    }
    Table table = new Table("Name", "State", "Imported Svcs", "Exported Svcs", "Meta");
    for (Value peering : peerings) {
      Value status = peering.at("StreamStatus");
      table.row(
          peering.at("Name").text(),
          peering.at("State").text(),
          String.valueOf(status.at("ImportedServices").items().size()),
          String.valueOf(status.at("ExportedServices").items().size()),
          PeeringText.meta(peering.at("Meta"), ","));
    }
    session.out().print(table.text());
    PeeringNotices.of(peerings).forEach(session::warn);
    if (peerings.stream().anyMatch(PeeringNotices::wantDetail)) {
      // By itself, so that the table is what Consul's request brings, and comes first.
      details(http.client(session), request.with("detail", "")).forEach(session::warn);
    }
    return 0;
  }

  /** Without them the list is whole all the same: what was asked for has been printed. */
  private static List<String> details(ApiClient api, Request detailed) {
    try {
      return during(
          "Why peerings are as they are is unknown",
          () -> PeeringNotices.ofDetails(api.send(detailed).orFail().json().items()));
    } catch (CommandFailure e) {
      return List.of(e.text());
    }
  }

  @Command(
      name = "read",
      description = {
        "Shows one peering, and why it is not well.",
        "%nExample: hanse peering read -name beta -detailed"
      })
  int read(
      @Mixin HttpFlags http,
      @Mixin PeerFlag peer,
      @Option(
              names = "-detailed",
              description = "Also why the state is what it is, and what is not replicated.")
          boolean isDetailed,
      @Mixin StaleFlag stale,
      @Mixin PartitionFlag partition,
      @Mixin FormatFlag format,
      @Mixin IgnoredArguments ignored) {
    String name = peer.required();
    boolean isJson = format.isJson(FORMATS);
    Request asked = stale.on(one(name, partition));
    Value peering = peering(http.client(session), name, asked, isDetailed || !isJson);
    if (isJson) {
      session.print(JsonText.compact(peering));
      return 0;
    }
    session.print(PeeringText.of(peering, isDetailed));
    if (PeeringText.isTerminated(peering)) {
      session.warn(PeeringNotices.ended(name));
    }
    return 0;
  }

  @Command(
      name = "delete",
      description = {
        "Ends a peering and removes what it brought.",
        "%nExample: hanse peering delete -name beta"
      })
  int delete(
      @Mixin HttpFlags http,
      @Mixin PeerFlag peer,
      @Mixin PartitionFlag partition,
      @Mixin IgnoredArguments ignored) {
    String name = peer.required();
    Request request = partition.on(Request.delete("/v1/peering/" + Request.segment(name)));
    during("Error deleting peering for " + name, () -> http.client(session).send(request).orFail());
    session.print("Successfully submitted peering connection, " + name + ", for deletion");
    return 0;
  }

  @Command(
      name = "exported-services",
      description = {
        "Lists what a peer is offered.",
        "%nExample: hanse peering exported-services -name beta"
      })
  int exportedServices(
      @Mixin HttpFlags http,
      @Mixin PeerFlag peer,
      @Mixin PartitionFlag partition,
      @Mixin FormatFlag format,
      @Mixin IgnoredArguments ignored) {
    String name = peer.required();
    boolean isJson = format.isJson(FORMATS);
    List<Value> services =
        peering(http.client(session), name, one(name, partition), false)
            .at("StreamStatus")
            .at("ExportedServices")
            .items();
    if (isJson) {
      session.print(
          JsonText.compact(
              new Value.Items(
                  services.stream()
                      .map(service -> (Value) new Value.Fields(Map.of("ID", service)))
                      .toList())));
    } else {
      session.print(services.stream().map(Value::text).collect(Collectors.joining("\n")));
    }
    return 0;
  }

  private static Request one(String name, PartitionFlag partition) {
    return partition.on(Request.get("/v1/peering/" + Request.segment(name)));
  }

  private static Value peering(ApiClient api, String name, Request one, boolean isDetailed) {
    Request request = isDetailed ? one.with("detail", "") : one;
    return during(
        "Error reading peering",
        () -> {
          Response answer = api.send(request);
          if (answer.isNotFound()) {
            throw new CommandFailure("No peering with name " + name + " found.");
          }
          return answer.orFail().json();
        });
  }

  private static void addMeta(Map<String, Value> body, @Nullable List<KeyValue> meta) {
    if (meta != null) {
      body.put("Meta", Value.ofTexts(KeyValue.map(meta)));
    }
  }
}
