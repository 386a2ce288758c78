package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;
import static io.hanse.cli.client.Failures.requireNoArguments;

import io.hanse.cli.client.KeyValue;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.client.Table;
import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "catalog", description = "Looks into the catalog.")
public final class CatalogCommands {
  private static final String NONE_SUFFIX = " match the given query - try expanding your search.";

  /** As many characters of an id as tell nodes apart at a glance. */
  private static final int SHORT_ID = 8;

  /** Consul's client leaves these blanks before the tags, besides the two of every table. */
  private static final int TAG_GAP = 4;

  private final Session session;

  public CatalogCommands(Session session) {
    this.session = session;
  }

  @Command(name = "datacenters", description = "Lists the datacenters.")
  int datacenters(
      @Mixin ServerFlags server, @Parameters(hidden = true) @Nullable List<String> positional) {
    requireNoArguments(positional);
    Value answer =
        during(
            "Error listing datacenters",
            () -> server.client(session).get("/v1/catalog/datacenters").orFail().json());
    answer.items().forEach(name -> session.print(name.text()));
    return 0;
  }

  @Command(name = "nodes", description = "Lists nodes.")
  int nodes(
      @Mixin ServerFlags server,
      @Option(names = "-detailed", description = "With whole ids, addresses and metadata.")
          boolean detailed,
      @Option(
              names = "-near",
              defaultValue = "",
              paramLabel = "<node>",
              description = "Sorted by distance to a node.")
          String near,
      @Option(
              names = "-node-meta",
              converter = KeyValue.Converter.class,
              paramLabel = "<key>=<value>",
              description = "Only nodes with this metadata.")
          @Nullable List<KeyValue> nodeMeta,
      @Option(
              names = "-filter",
              defaultValue = "",
              paramLabel = "<expression>",
              description = "Only those that match.")
          String filter,
      @Option(
              names = "-service",
              defaultValue = "",
              paramLabel = "<service>",
              description = "Only nodes with this service.")
          String service,
      @Parameters(hidden = true) @Nullable List<String> positional) {
    requireNoArguments(positional);
    Request request =
        Request.get(
                service.isEmpty()
                    ? "/v1/catalog/nodes"
                    : "/v1/catalog/service/" + Request.segment(service))
            .withUnlessEmpty("near", near)
            .withUnlessEmpty("filter", filter);
    Request whole = withNodeMeta(request, nodeMeta);
    List<Value> nodes =
        during(
            "Error listing nodes",
            () -> server.client(session).send(whole).orFail().json().items());
    if (nodes.isEmpty()) {
      session.warn("No nodes" + NONE_SUFFIX);
      return 0;
    }
    Table table =
        detailed
            ? new Table("Node", "ID", "Address", "DC", "TaggedAddresses", "Meta")
            : new Table("Node", "ID", "Address", "DC");
    for (Value node : nodes) {
      List<String> cells = new ArrayList<>();
      String id = node.at("ID").text();
      cells.add(node.at("Node").text());
      cells.add(detailed ? id : id.substring(0, Math.min(SHORT_ID, id.length())));
      cells.add(node.at("Address").text());
      cells.add(node.at("Datacenter").text());
      if (detailed) {
        cells.add(PeeringText.meta(node.at("TaggedAddresses"), ", "));
        cells.add(PeeringText.meta(node.atAny("Meta", "NodeMeta"), ", "));
      }
      table.row(cells.toArray(String[]::new));
    }
    session.out().print(table.text());
    return 0;
  }

  @Command(name = "services", description = "Lists services by name.")
  int services(
      @Mixin ServerFlags server,
      @Option(
              names = "-node",
              defaultValue = "",
              paramLabel = "<node>",
              description = "Only those of one node.")
          String node,
      @Option(
              names = "-node-meta",
              converter = KeyValue.Converter.class,
              paramLabel = "<key>=<value>",
              description = "Only services of nodes with this metadata.")
          @Nullable List<KeyValue> nodeMeta,
      @Option(names = "-tags", description = "With their tags.") boolean tags,
      @Parameters(hidden = true) @Nullable List<String> positional) {
    requireNoArguments(positional);
    Request request =
        withNodeMeta(
            Request.get(
                node.isEmpty()
                    ? "/v1/catalog/services"
                    : "/v1/catalog/node/" + Request.segment(node)),
            nodeMeta);
    Value answer =
        during(
            "Error listing services", () -> server.client(session).send(request).orFail().json());
    Map<String, Set<String>> byName = node.isEmpty() ? tags(answer) : tagsOfNode(answer);
    if (byName.isEmpty()) {
      session.warn("No services" + NONE_SUFFIX);
      return 0;
    }
    if (!tags) {
      byName.keySet().forEach(session::print);
      return 0;
    }
    Table table = new Table();
    int width = byName.keySet().stream().mapToInt(String::length).max().orElse(0) + TAG_GAP;
    byName.forEach(
        (name, all) -> table.row(name + " ".repeat(width - name.length()), String.join(",", all)));
    session.out().print(table.text());
    return 0;
  }

  private static Map<String, Set<String>> tags(Value services) {
    Map<String, Set<String>> byName = new TreeMap<>();
    services
        .fields()
        .forEach(
            (name, tags) ->
                byName.put(
                    name,
                    tags.items().stream()
                        .map(Value::text)
                        .collect(Collectors.toCollection(TreeSet::new))));
    return byName;
  }

  private static Map<String, Set<String>> tagsOfNode(Value node) {
    Map<String, Set<String>> byName = new TreeMap<>();
    for (Value service : node.at("Services").fields().values()) {
      Set<String> all =
          byName.computeIfAbsent(service.at("Service").text(), name -> new TreeSet<>());
      service.at("Tags").items().forEach(tag -> all.add(tag.text()));
    }
    return byName;
  }

  private static Request withNodeMeta(Request request, @Nullable List<KeyValue> nodeMeta) {
    Request whole = request;
    for (Map.Entry<String, String> pair : new LinkedHashMap<>(KeyValue.map(nodeMeta)).entrySet()) {
      whole = whole.with("node-meta", pair.getKey() + ":" + pair.getValue());
    }
    return whole;
  }
}
