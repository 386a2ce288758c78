package io.hanse.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What one cluster has in its catalog and exports to others. */
final class ExportedCatalog {
  private static final int NODES = 100;
  private static final int LOADING = 16;

  private final Cluster exporter;
  private final int services;
  private final int instances;

  /**
   * Nothing is there yet.
   *
   * @param instances of each service
   */
  ExportedCatalog(Cluster exporter, int services, int instances) {
    this.exporter = exporter;
    this.services = services;
    this.instances = instances;
  }

  static String service(int number) {
    return "svc-" + number;
  }

  private String instance(int number, int instance, int port) {
    String service = service(number);
    String id = service + "-" + instance;
    return "{'Node':'"
        + node(number, instance)
        + "','Address':'10.0.0.1','SkipNodeUpdate':true,'Service':{'ID':'"
        + id
        + "','Service':'"
        + service
        + "','Tags':['v1','primary'],'Address':'10.0.0.1','Port':"
        + port
        + ",'Meta':{'version':'1.2.3','zone':'a'}},'Check':{'CheckID':'"
        + id
        + "-alive','Name':'alive','Status':'passing','ServiceID':'"
        + id
        + "'}}";
  }

  private static String node(int number, int instance) {
    return "node-" + (number + 7 * instance) % NODES;
  }

  private static Request register(String body) {
    return Request.put("/v1/catalog/register", body.replace('\'', '"'));
  }

  void load() throws Exception {
    for (int i = 0; i < NODES; i++) {
      exporter.send(0, register("{'Node':'node-" + i + "','Address':'10.0.0." + i + "'}"));
    }
    int[] next = {0};
    int[] refused = {0};
    try (Flood flood =
        new Flood(
            List.of(exporter.address(exporter.leader())),
            exporter.wires(),
            LOADING,
            LOADING,
            lane -> next[0] == services ? null : Request.put("/v1/txn", all(next[0]++)),
            (lane, sent, done, isOk) -> refused[0] += isOk ? 0 : 1)) {
      flood.begin();
      flood.run(() -> next[0] < services || flood.open() > 0, 0);
    }
    if (refused[0] > 0) {
      throw new IllegalStateException(refused[0] + " services were refused");
    }
  }

  /** All instances of a service. */
  private String all(int number) {
    List<String> operations = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      String id = service(number) + "-" + i;
      operations.add(
          "{'Service':{'Verb':'set','Node':'"
              + node(number, i)
              + "','Service':{'ID':'"
              + id
              + "','Service':'"
              + service(number)
              + "','Tags':['v1','primary'],'Address':'10.0.0.1','Port':8080,"
              + "'Meta':{'version':'1.2.3','zone':'a'}}}}");
      operations.add(
          "{'Check':{'Verb':'set','Check':{'Node':'"
              + node(number, i)
              + "','CheckID':'"
              + id
              + "-alive','Name':'alive','Status':'passing','ServiceID':'"
              + id
              + "'}}}");
    }
    return ("[" + String.join(",", operations) + "]").replace('\'', '"');
  }

  /** Has a cluster redeem a token of this one, in which this address stands. */
  void peer(String name, String address, Cluster importer) {
    String answer =
        exporter.send(
            exporter.leader(),
            Request.post(
                "/v1/peering/token",
                "{\"PeerName\":\""
                    + name
                    + "\",\"ServerExternalAddresses\":[\""
                    + address
                    + "\"]}"));
    Matcher token = Pattern.compile("\"PeeringToken\":\\s*\"([^\"]+)\"").matcher(answer);
    if (!token.find()) {
      throw new IllegalStateException("no token: " + answer);
    }
    // A server leads before it has a certificate authority, and establishes nothing until then.
    Cluster.await(
        () -> importer.get(importer.leader(), "/v1/connect/ca/roots").contains("\"RootCert\""),
        "a certificate authority");
    importer.send(
        importer.leader(),
        Request.post(
            "/v1/peering/establish",
            "{\"PeerName\":\"exporter\",\"PeeringToken\":\"" + token.group(1) + "\"}"));
  }

  /** Exports all of it to these peers. */
  void exportTo(List<String> peers) {
    String consumers =
        peers.stream().map(peer -> "{'Peer':'" + peer + "'}").collect(Collectors.joining(","));
    exporter.send(
        exporter.leader(),
        Request.put(
            "/v1/config",
            ("{'Kind':'exported-services','Name':'default','Services':"
                    + "[{'Name':'*','Consumers':["
                    + consumers
                    + "]}]}")
                .replace('\'', '"')));
  }

  /** Where an importer shows a service. */
  static String path(int number) {
    return "/v1/health/service/" + service(number) + "?peer=exporter";
  }

  /** Whether an importer shows the last instance of a service. */
  boolean isVisible(int number, Cluster importer) {
    String last = "\"ID\":\"" + service(number) + "-" + (instances - 1) + "\"";
    return importer.get(importer.leader(), path(number)).replace(" ", "").contains(last);
  }

  /** Waits until an importer shows some of them: to look at all would cost more than it does. */
  void awaitSamples(Cluster importer, int samples) {
    for (int i = 0; i <= samples; i++) {
      awaitVisible(Math.min(services - 1, i * services / samples), importer);
    }
  }

  /**
   * Waits for the rest.
   *
   * @return whether all were there already
   */
  boolean awaitAll(Cluster importer) {
    boolean isAll = true;
    for (int i = 0; i < services; i++) {
      if (!isVisible(i, importer)) {
        isAll = false;
        awaitVisible(i, importer);
      }
    }
    return isAll;
  }

  private void awaitVisible(int number, Cluster importer) {
    Cluster.await(() -> isVisible(number, importer), service(number));
  }

  /** Waits at a server of an importer for another port; answers when it showed it, in nanoseconds. */
  static long awaitPort(Cluster importer, int server, int number, int port, String index) {
    String path = path(number);
    String since = index;
    while (true) {
      String text = importer.get(server, path + "&wait=8s&index=" + since).replace(" ", "");
      long now = System.nanoTime();
      if (text.contains("\"Port\":" + port)) {
        return now;
      }
      since = importer.indexOf(server, path);
    }
  }

  /** Gives an instance another port. */
  void change(int number, int instance, int port) {
    exporter.send(exporter.leader(), register(instance(number, instance, port)));
  }
}
