package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Consul makes of what is exported to it, and we of the same from it. */
@NeedsConsul
class RealExportsIT {
  /** What differs between any two clusters. */
  private static final Set<String> OWN = Set.of("CreateIndex", "ModifyIndex", "ID", "Meta");

  /** Of some 600 bytes each: more than a command of our log holds. */
  private static final int MANY = 4_000;

  private static final int SERVICES = 1_000;
  private static final int NODES = 10;
  private static final int OPERATIONS_MAX = 64;

  @TempDir Path folder;

  private PeeredPair pair;

  @BeforeEach
  void start() throws IOException {
    // Names that stand in an answer for nothing else.
    pair = PeeredPair.start(folder, 1, "east", "west");
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(pair).ifPresent(PeeredPair::close);
  }

  /** Both register and export the same, so both have to read the same of the other. */
  @Test
  void shouldExportWhatAConsulWould() throws IOException {
    pair.peer(pair.consul);
    for (PeerCluster each : pair.both()) {
      registerAll(each, 1);
      each.export(pair.other(each));
    }
    awaitTheSame(2, 1);
    for (PeerCluster each : pair.both()) {
      registerAll(each, 2);
    }
    awaitTheSame(2, 2);
    for (PeerCluster each : pair.both()) {
      each.json("PUT", "/v1/agent/service/deregister/gateway-1", "");
      each.json("PUT", "/v1/agent/service/deregister/app-2", "");
    }
    awaitTheSame(1, 2);
    for (PeerCluster each : pair.both()) {
      each.json("DELETE", "/v1/config/exported-services/default", "");
    }
    pair.awaitAll("");
  }

  private void awaitTheSame(int instances, int version) {
    for (String kind : List.of("service", "connect")) {
      await("the same of version " + version + " of /v1/health/" + kind)
          .atMost(PeerCluster.PATIENCE)
          .untilAsserted(
              () -> {
                List<Value> ofConsul = seen(pair.hanse, pair.consul, kind);
                assertThat(ofConsul)
                    .hasSize(instances)
                    .allSatisfy(each -> assertThat(versionOf(each)).isEqualTo(version));
                assertThat(seen(pair.consul, pair.hanse, kind)).isEqualTo(ofConsul);
              });
    }
  }

  /** Its own, or, as those are shown who call it, that of the gateway that stands for it. */
  private static long versionOf(Value instance) {
    Value own = instance.at("Service").at("Meta").at("version");
    return own.isNothing()
        ? instance.at("Service").at("TaggedAddresses").at("wan").at("Port").whole() - 440
        : Long.parseLong(own.text());
  }

  /** Also a name of what is registered only later, with what is said of the nodes. */
  @Test
  void shouldFollowExactNamesAsTheyChange() throws IOException {
    for (PeerCluster each : pair.both()) {
      registerOutside(each, "first", "a", "b", "c");
      each.export(pair.other(each));
    }
    pair.peer(pair.consul);
    awaitNames("first", "a", "b", "c");
    for (String names : List.of("a b late", "b c late", "b late", "a b late")) {
      exportExactly(names.split(" "));
      awaitNames("first", names.replace(" late", "").split(" "));
    }
    for (PeerCluster each : pair.both()) {
      registerOutside(each, "first", "late");
    }
    awaitNames("first", "a", "b", "late");
    for (PeerCluster each : pair.both()) {
      registerOutside(each, "second", "a", "b", "c", "late");
    }
    awaitNames("second", "a", "b", "late");
    exportExactly("c");
    awaitNames("second", "c");
    for (PeerCluster each : pair.both()) {
      each.export(pair.other(each));
    }
    awaitNames("second", "a", "b", "c", "late");
  }

  /** Each service on a node of its own, of which something is said. */
  private static void registerOutside(PeerCluster cluster, String zone, String... services)
      throws IOException {
    for (String service : services) {
      cluster.json(
          "PUT",
          "/v1/catalog/register",
          """
          {"Node":"of-%1$s","Address":"%2$s.%1$s","NodeMeta":{"zone":"%2$s","%1$s":""},
           "TaggedAddresses":{"lan":"%2$s.%1$s","wan":"wan.%2$s"},
           "Service":{"Service":"%1$s","ID":"%1$s-1"}}
          """
              .formatted(service, zone));
    }
  }

  private void exportExactly(String... names) throws IOException {
    for (PeerCluster each : pair.both()) {
      String consumers = "[{\"Peer\":\"" + each.callOf(pair.other(each)) + "\"}]";
      each.write(
          Stream.of(names)
              .map(name -> "{\"Name\":\"" + name + "\",\"Consumers\":" + consumers + "}")
              .collect(
                  Collectors.joining(
                      ",",
                      "{\"Kind\":\"exported-services\",\"Name\":\"default\",\"Services\":[",
                      "]}")));
    }
  }

  /** Each reads these of the other, and none besides. */
  private void awaitNames(String zone, String... names) {
    Map<String, String> wanted = new TreeMap<>();
    for (String name : names) {
      wanted.put(
          name, "%2$s.%1$s {lan=%2$s.%1$s, wan=wan.%2$s} {%1$s=, zone=%2$s}".formatted(name, zone));
    }
    for (PeerCluster each : pair.both()) {
      await(each.name + " has imported " + wanted)
          .atMost(PeerCluster.PATIENCE)
          .untilAsserted(() -> assertThat(outside(each, pair.other(each))).isEqualTo(wanted));
    }
  }

  /** What one reads of the other's services: address and all that is said of their nodes. */
  private static Map<String, String> outside(PeerCluster reader, PeerCluster exporter)
      throws IOException {
    Map<String, String> read = new TreeMap<>();
    for (String service : List.of("a", "b", "c", "late")) {
      String path = "/v1/health/service/" + service + "?peer=" + reader.callOf(exporter);
      for (Value instance : reader.json("GET", path, "").items()) {
        Value node = instance.at("Node");
        read.put(
            service,
            node.at("Address").text()
                + " "
                + texts(node.at("TaggedAddresses"))
                + " "
                + texts(node.at("Meta")));
      }
    }
    return read;
  }

  private static Map<String, String> texts(Value fields) {
    Map<String, String> texts = new TreeMap<>();
    fields.fields().forEach((key, value) -> texts.put(key, value.text()));
    return texts;
  }

  /** Whoever reads it finds all of it or nothing, and all of it again while it changes. */
  @Test
  void shouldImportALargeServiceOfAConsul() throws IOException {
    registerMany(pair.consul);
    pair.consul.export(pair.hanse);
    pair.peer(pair.consul);
    awaitMany(Set.of(0, MANY), MANY);
    pair.consul.json(
        "PUT", "/v1/catalog/deregister", "{\"Node\":\"node-0\",\"ServiceID\":\"many-0\"}");
    awaitMany(Set.of(MANY, MANY - 1), MANY - 1);
  }

  private void awaitMany(Set<Integer> allowed, int instances) {
    String path = "/v1/health/service/many?peer=" + pair.hanse.callOf(pair.consul);
    await("all of a large service")
        .atMost(PeerCluster.PATIENCE)
        .until(
            () -> {
              int read = pair.hanse.json("GET", path, "").items().size();
              assertThat(allowed).contains(read);
              return read == instances;
            });
  }

  private static void registerMany(PeerCluster cluster) throws IOException {
    List<String> operations = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      operations.add(instance(i, "many", "\"Meta\":{\"version\":\"" + "x".repeat(400) + "\"}"));
    }
    register(cluster, operations);
  }

  private static String instance(int number, String service, String rest) {
    return """
        {"Service":{"Verb":"set","Node":"node-%d","Service":
         {"Service":"%2$s","ID":"%2$s-%3$d","Port":%4$d,%5$s}}}
        """
        .formatted(number % NODES, service, number, 1 + number, rest);
  }

  private static void register(PeerCluster cluster, List<String> instances) throws IOException {
    List<String> operations = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      operations.add(
          """
          {"Node":{"Verb":"set","Node":{"Node":"node-%1$d","Address":"10.9.0.%1$d"}}}
          """
              .formatted(i));
    }
    operations.addAll(instances);
    for (int from = 0; from < operations.size(); from += OPERATIONS_MAX) {
      int to = Math.min(operations.size(), from + OPERATIONS_MAX);
      cluster.json("PUT", "/v1/txn", operations.subList(from, to).toString());
    }
  }

  /** What comes together takes one entry of the log. */
  @Test
  void shouldImportAThousandServicesOfAConsulInFewEntries() throws IOException {
    List<String> operations = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      operations.add(instance(i, "service-" + i, "\"Tags\":[\"a\"]"));
    }
    register(pair.consul, operations);
    pair.consul.export(pair.hanse);
    long before = entries();
    pair.peer(pair.consul);
    await("all services are imported")
        .atMost(PeerCluster.PATIENCE)
        .until(
            () ->
                pair.hanse
                        .peering(pair.consul)
                        .at("StreamStatus")
                        .at("ImportedServices")
                        .items()
                        .size()
                    >= SERVICES);
    awaitInstancesOf("service-" + (SERVICES - 1));
    assertThat(entries() - before).isLessThan(SERVICES / 2);
  }

  private void awaitInstancesOf(String service) {
    String path = "/v1/health/service/" + service + "?peer=" + pair.hanse.callOf(pair.consul);
    await(service + " is imported")
        .atMost(PeerCluster.PATIENCE)
        .until(() -> !pair.hanse.json("GET", path, "").items().isEmpty());
  }

  /** Of the log, up to now. */
  private long entries() throws IOException {
    return pair.hanse.json("GET", "/v1/agent/metrics", "").at("Gauges").items().stream()
        .filter(gauge -> gauge.at("Name").text().equals("consul.raft.applied_index"))
        .mapToLong(gauge -> gauge.at("Value").whole())
        .findFirst()
        .orElseThrow();
  }

  /** Two instances with all that may be told of one, and two gateways; a version has its own. */
  private static void registerAll(PeerCluster cluster, int version) throws IOException {
    for (int i = 0; i < 2; i++) {
      cluster.json(
          "PUT",
          "/v1/agent/service/register",
          """
          {"Name":"%1$s", "ID":"app-%2$d", "Address":"10.%3$d.0.%2$d", "Port":%2$d8%3$d,
           "Tags":["b","a","%2$d","v%3$d"], "Meta":{"version":"%3$d","of-%3$d":"","Zone":""},
           "TaggedAddresses":{"lan":{"Address":"10.2.%3$d.%2$d","Port":%3$d},
                              "wan":{"Address":"198.51.100.%2$d","Port":2}},
           "Weights":{"Passing":%2$d,"Warning":%3$d}, "EnableTagOverride":true,
           "Checks":[{"CheckID":"one-%2$d","TTL":"1h","Status":"passing"},
                     {"CheckID":"two-%2$d-%3$d","TTL":"1h","Status":"warning"}],
           "Connect":{"SidecarService":{"Port":%2$d9%3$d}}}
          """
              .formatted(cluster.service(), i + 1, version));
      cluster.json(
          "PUT",
          "/v1/agent/service/register",
          """
          {"Kind":"mesh-gateway", "Name":"mesh-gateway", "ID":"gateway-%1$d", "Port":%1$d443,
           "Address":"10.3.%2$d.%1$d", "Tags":["g"], "Meta":{"of":"gateway"},
           "TaggedAddresses":{"lan":{"Address":"10.3.%2$d.%1$d","Port":%1$d443},
                              "wan":{"Address":"203.0.113.%1$d","Port":44%2$d}},
           "Checks":[{"CheckID":"gate-%1$d","TTL":"1h","Status":"passing"}]}
          """
              .formatted(i + 1, version));
    }
  }

  /** What one reads of the other's service, without what is its own. */
  private static List<Value> seen(PeerCluster reader, PeerCluster exporter, String kind)
      throws IOException {
    String path =
        "/v1/health/" + kind + "/" + exporter.service() + "?peer=" + reader.callOf(exporter);
    String text =
        reader
            .home
            .send("GET", path, "")
            .text()
            .replace(exporter.trustDomain(), "TRUST")
            .replace(exporter.name, "EXPORTER")
            .replace(reader.name, "READER")
            // Each gives what it has imported a virtual address, in the order it came.
            .replaceAll("240\\.0\\.0\\.[0-9]+", "VIRTUAL");
    return JsonText.parse(text).items().stream().map(RealExportsIT::shared).toList();
  }

  private static Value shared(Value value) {
    if (value instanceof Value.Items items) {
      return new Value.Items(items.values().stream().map(RealExportsIT::shared).toList());
    }
    if (!(value instanceof Value.Fields)) {
      return value;
    }
    Map<String, Value> kept = new TreeMap<>();
    boolean isNode = !value.at("Datacenter").isNothing();
    value
        .fields()
        .forEach(
            (key, each) -> {
              if (!(OWN.contains(key) && (isNode || key.endsWith("Index")))) {
                kept.put(key, shared(each));
              }
            });
    return new Value.Fields(kept);
  }
}
