package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.arguments;
import static io.hanse.cli.client.Failures.during;
import static io.hanse.cli.client.Failures.required;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.FormatFlag;
import io.hanse.cli.client.HttpFlags;
import io.hanse.cli.client.KeyValue;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.client.Table;
import io.hanse.cli.config.ConfigException;
import io.hanse.cli.config.ConfigFiles;
import io.hanse.cli.config.Definitions;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "services", description = "Registers services with the agent and offers them.")
public final class ServicesCommands {
  private static final String FORMATS = "pretty|json";

  private final Session session;

  public ServicesCommands(Session session) {
    this.session = session;
  }

  @Command(name = "register", description = "Registers the services of files, or one by flags.")
  int register(
      @Mixin HttpFlags http,
      @Option(
              names = "-id",
              defaultValue = "",
              paramLabel = "<id>",
              description = "Its id; the name without.")
          String id,
      @Option(names = "-name", defaultValue = "", paramLabel = "<name>", description = "Its name.")
          String name,
      @Option(
              names = "-address",
              defaultValue = "",
              paramLabel = "<address>",
              description = "Its address.")
          String address,
      @Option(names = "-port", defaultValue = "0", paramLabel = "<port>", description = "Its port.")
          int port,
      @Option(
              names = "-socket",
              defaultValue = "",
              paramLabel = "<socket>",
              description = "Its socket, without a port.")
          String socket,
      @Option(
              names = "-kind",
              defaultValue = "",
              paramLabel = "<kind>",
              description = "Of a proxy or gateway.")
          String kind,
      @Option(names = "-tag", paramLabel = "<tag>", description = "A tag; may be repeated.")
          @Nullable List<String> tags,
      @Option(
              names = "-meta",
              converter = KeyValue.Converter.class,
              paramLabel = "<key>=<value>",
              description = "Metadata, key=value; may be repeated.")
          @Nullable List<KeyValue> meta,
      @Option(
              names = "-tagged-address",
              converter = KeyValue.Converter.class,
              paramLabel = "<name>=<host>:<port>",
              description = "Another address, name=address:port; may be repeated.")
          @Nullable List<KeyValue> taggedAddresses,
      @Parameters(paramLabel = "[FILE...]") @Nullable List<String> positional) {
    List<String> files = arguments(positional);
    if (files.isEmpty() && name.isEmpty()) {
      throw new CommandFailure("Service registration requires at least one argument or flags.");
    }
    if (!files.isEmpty() && !(id.isEmpty() && name.isEmpty())) {
      throw new CommandFailure("Service registration requires arguments or -id, not both.");
    }
    List<Value> services = new ArrayList<>();
    if (files.isEmpty()) {
      Map<String, Value> fields = new LinkedHashMap<>();
      put(fields, "Kind", kind);
      put(fields, "ID", id);
      fields.put("Name", Value.of(name));
      put(fields, "Address", address);
      put(fields, "SocketPath", socket);
      fields.put("Port", Value.of(port));
      fields.put("Tags", Value.of(tags == null ? List.of() : tags));
      fields.put("Meta", Value.ofTexts(KeyValue.map(meta)));
      fields.put("TaggedAddresses", taggedAddresses(KeyValue.map(taggedAddresses)));
      services.add(new Value.Fields(fields));
    } else {
      services.addAll(definitions(files));
    }
    ApiClient api = http.client(session);
    for (Value service : services) {
      String title = service.atAny("Name").text();
      during(
          "Error registering service \"" + title + "\"",
          () -> api.send(Request.put("/v1/agent/service/register").with(service)).orFail());
      session.print("Registered service: " + title);
    }
    return 0;
  }

  private static void put(Map<String, Value> fields, String key, String text) {
    if (!text.isEmpty()) {
      fields.put(key, Value.of(text));
    }
  }

  private static Value taggedAddresses(Map<String, String> texts) {
    Map<String, Value> addresses = new LinkedHashMap<>();
    texts.forEach(
        (name, text) -> {
          int colon = text.lastIndexOf(':');
          Map<String, Value> address = new LinkedHashMap<>();
          address.put("Address", Value.of(colon < 0 ? text : text.substring(0, colon)));
          if (colon >= 0) {
            address.put("Port", new Value.Numeral(text.substring(colon + 1)));
          }
          addresses.put(name, new Value.Fields(address));
        });
    return new Value.Fields(addresses);
  }

  private List<Value> definitions(List<String> files) {
    List<Value> services = new ArrayList<>();
    for (String file : files) {
      try {
        Value source =
            file.equals("-")
                ? ConfigFiles.parse("stdin", session.standardInput(), "")
                : ConfigFiles.read(session.path(file), file, "");
        services.addAll(Definitions.services(source));
      } catch (ConfigException e) {
        throw new CommandFailure("Error: " + e.getMessage());
      }
    }
    return services;
  }

  @Command(name = "deregister", description = "Removes services from the agent.")
  int deregister(
      @Mixin HttpFlags http,
      @Option(
              names = "-id",
              defaultValue = "",
              paramLabel = "<id>",
              description = "Of the service.")
          String id,
      @Parameters(paramLabel = "[FILE...]") @Nullable List<String> positional) {
    List<String> files = arguments(positional);
    if (files.isEmpty() && id.isEmpty()) {
      throw new CommandFailure("Service deregistration requires at least one argument or -id.");
    }
    if (!files.isEmpty() && !id.isEmpty()) {
      throw new CommandFailure("Service deregistration requires arguments or -id, not both.");
    }
    ApiClient api = http.client(session);
    if (!id.isEmpty()) {
      deregister(api, id, "");
      return 0;
    }
    for (Value service : definitions(files)) {
      String name = service.atAny("Name").text();
      String itsId = service.atAny("ID").text();
      deregister(api, itsId.isEmpty() ? name : itsId, name);
    }
    return 0;
  }

  private void deregister(ApiClient api, String id, String name) {
    during(
        "Error deregistering service \"" + name + "\"",
        () ->
            api.send(Request.put("/v1/agent/service/deregister/" + Request.segment(id))).orFail());
    session.print("Deregistered service: " + id);
  }

  @Command(name = "export", description = "Offers a service to peers.")
  int export(
      @Mixin ServerFlags server,
      @Option(
              names = "-name",
              defaultValue = "",
              paramLabel = "<name>",
              description = "Of the service; required.")
          String name,
      @Option(
              names = "-consumer-peers",
              defaultValue = "",
              paramLabel = "<peer>,...",
              description = "To which peers.")
          String peers,
      @Option(
              names = "-consumer-partitions",
              defaultValue = "",
              paramLabel = "<partition>",
              description = "Other edition.")
          String partitions) {
    required(name, "Missing the required -name flag");
    required(
        peers + partitions, "Missing the required -consumer-peers or -consumer-partitions flag");
    List<String> consumers = ServiceExport.names(peers, "peer");
    ApiClient api = server.client(session);
    new ServiceExport(name, consumers, partitions).write(api);
    String toPeers = peers.isEmpty() ? "" : " to cluster peers \"" + peers + "\"";
    String toPartitions = partitions.isEmpty() ? "" : " to partitions \"" + partitions + "\"";
    String and = peers.isEmpty() || partitions.isEmpty() ? "" : " and";
    session.print("Successfully exported service \"" + name + "\"" + toPeers + and + toPartitions);
    AbsentPeerings.warn(session, api, consumers);
    AbsentServices.warn(session, api, List.of(name));
    return 0;
  }

  @Command(name = "exported-services", description = "Lists what is offered to whom.")
  int exportedServices(
      @Mixin ServerFlags server,
      @Mixin FormatFlag format,
      @Option(
              names = "-filter",
              defaultValue = "",
              paramLabel = "<expression>",
              description = "Only those that match.")
          String filter) {
    boolean isJson = format.isJson(FORMATS);
    Value services =
        during(
            "Error reading exported services",
            () -> listing(server, "/v1/exported-services", filter));
    Table table = new Table("Service", "Consumer Peers");
    for (Value service : services.items()) {
      table.row(
          service.at("Service").text(),
          service.at("Consumers").at("Peers").items().stream()
              .map(Value::text)
              .collect(Collectors.joining(", ")));
    }
    return print(services, isJson, table, "No exported services found");
  }

  @Command(
      name = "imported-services",
      description = {
        "Lists what peers offer.",
        "Under State, those that nobody finds as their peer fell silent (withdrawn)."
      })
  int importedServices(
      @Mixin ServerFlags server,
      @Mixin FormatFlag format,
      @Option(
              names = "-filter",
              defaultValue = "",
              paramLabel = "<expression>",
              description = "Only those that match.")
          String filter) {
    boolean isJson = format.isJson(FORMATS);
    Value services =
        during(
            "Error reading imported services",
            () ->
                server
                    .client(session)
                    .send(
                        Request.get("/v1/imported-services")
                            .with("detail", "")
                            .withUnlessEmpty("filter", filter))
                    .orFail()
                    .json());
    boolean isAllThere = services.items().stream().noneMatch(ServicesCommands::isWithdrawn);
    Table table =
        isAllThere
            ? new Table("Service", "Source Peer")
            : new Table("Service", "Source Peer", "State");
    for (Value service : services.items()) {
      String name = service.at("Service").text();
      String peer = service.at("SourcePeer").text();
      if (isAllThere) {
        table.row(name, peer);
      } else {
        table.row(name, peer, isWithdrawn(service) ? "withdrawn" : "");
      }
    }
    print(services, isJson, table, "No imported services found");
    if (!isAllThere && !isJson) {
      session.warn(
          "Nobody finds what is withdrawn until its peer is heard again; why:"
              + " hanse peering read -name <peer>");
    }
    return 0;
  }

  /** A Consul, which withdraws nothing, has no such field. */
  private static boolean isWithdrawn(Value service) {
    return service.at("Withdrawn").truth();
  }

  private Value listing(ServerFlags server, String path, String filter) {
    return server
        .client(session)
        .send(Request.get(path).withUnlessEmpty("filter", filter))
        .orFail()
        .json();
  }

  private int print(Value services, boolean isJson, Table table, String none) {
    if (services.items().isEmpty()) {
      session.print(none);
    } else if (isJson) {
      session.print(JsonText.pretty(services, "    "));
    } else {
      session.out().print(table.text());
    }
    return 0;
  }
}
