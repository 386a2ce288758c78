package io.hanse.cli.program;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.Response;
import io.hanse.cli.value.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a peered server is busy with, for as long as it takes to find out which of its code is hot:
 * registrations, first syncs of all exported services, single changes. Of use only to a JDK whose
 * cache keeps profiles (JEP 515, Java 25): a new server's compilers then begin with the code that
 * counts.
 */
final class TrainingLoad {
  private static final String PREFIX = "training-";
  private static final int SERVICES = 400;
  private static final int INSTANCES = 10;
  private static final int NODES = 40;
  private static final int WRITERS = 8;
  private static final int SYNCS = 6;
  private static final int CHANGES = 600;
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int POLL_MILLIS = 50;

  private final ApiClient exporter;
  private final ApiClient importer;
  private final long deadline = System.nanoTime() + LONGEST.toNanos();

  private TrainingLoad(ApiClient exporter, ApiClient importer) {
    this.exporter = exporter;
    this.importer = importer;
  }

  /**
   * Ends early on a machine that is too slow or busy for all of it: it has learned something then.
   *
   * @param exporter calls its peer {@code other}
   * @param importer calls its peer {@code this}
   */
  static void run(ApiClient exporter, ApiClient importer) throws Exception {
    TrainingLoad load = new TrainingLoad(exporter, importer);
    load.register();
    for (int sync = 0; sync < SYNCS && !load.isOver(); sync++) {
      load.export("");
      load.awaitImported(0);
      load.export("{'Name':'*','Consumers':[{'Peer':'other'}]}");
      load.awaitImported(SERVICES);
    }
    load.change();
  }

  private boolean isOver() {
    return System.nanoTime() >= deadline;
  }

  /** Half of the services one by one, half by transactions, as tools do. */
  private void register() throws Exception {
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        String node = "{'Node':'node-" + i + "','Address':'10.0.0." + i + "'}";
        ServerTraining.put(exporter, "/v1/catalog/register", node);
      }
      for (int i = 0; i < SERVICES; i++) {
        int service = i;
        all.add(writers.submit(() -> register(service)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      writers.shutdownNow();
    }
  }

  private void register(int service) {
    if (isOver()) {
      return;
    }
    ServerTraining.put(exporter, "/v1/kv/training/" + service, "{'service':" + service + "}");
    if (service % 2 == 0) {
      IntStream.range(0, INSTANCES).forEach(i -> register(service, i, 0));
      return;
    }
    String operations =
        IntStream.range(0, INSTANCES)
            .mapToObj(
                i ->
                    "{'Service':{'Verb':'set','Node':'"
                        + node(service, i)
                        + "','Service':"
                        + instance(service, i, 0)
                        + "}}")
            .collect(Collectors.joining(",", "[", "]"));
    ServerTraining.put(exporter, "/v1/txn", operations);
  }

  private void register(int service, int instance, int version) {
    ServerTraining.put(
        exporter,
        "/v1/catalog/register",
        "{'SkipNodeUpdate':true,'Node':'"
            + node(service, instance)
            + "','Service':"
            + instance(service, instance, version)
            + ",'Check':{'Name':'up','CheckID':'up-"
            + id(service, instance)
            + "','ServiceID':'"
            + id(service, instance)
            + "','Status':'passing'}}");
  }

  private static String node(int service, int instance) {
    return "node-" + (service * 7 + instance) % NODES;
  }

  private static String id(int service, int instance) {
    return name(service) + "-" + instance;
  }

  private static String name(int service) {
    return PREFIX + service;
  }

  private static String instance(int service, int instance, int version) {
    return "{'ID':'"
        + id(service, instance)
        + "','Service':'"
        + name(service)
        + "','Port':"
        + (8000 + instance)
        + ",'Tags':['training','v1'],'Meta':{'version':'"
        + version
        + "'}}";
  }

  private void export(String services) {
    ServerTraining.put(
        exporter,
        "/v1/config",
        "{'Kind':'exported-services','Name':'default','Services':[" + services + "]}");
  }

  private void awaitImported(int services) throws Exception {
    while (!isOver() && imported() != services) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  private long imported() {
    Value names = importer.get("/v1/catalog/services?peer=this").orFail().json();
    return names.fields().keySet().stream().filter(name -> name.startsWith(PREFIX)).count();
  }

  /** Each is waited for by a blocking query of the importer. */
  private void change() {
    for (int i = 0; i < CHANGES && !isOver(); i++) {
      int service = i % SERVICES;
      String query = "/v1/health/service/" + name(service) + "?peer=this";
      Response seen = importer.get(query).orFail();
      register(service, i % INSTANCES, i + 1);
      String version = "\"version\":\"" + (i + 1) + "\"";
      while (!isOver() && !seen.text().replace(" ", "").contains(version)) {
        seen = importer.get(query + "&wait=5s&index=" + seen.index()).orFail();
      }
    }
  }
}
