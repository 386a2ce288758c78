package io.hanse.cli.agent.warmup;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.replication.PeerSupervisor;
import java.util.List;

/** Two clusters of which one exports services to the other, takes them back, and begins anew. */
final class PracticePeering implements AutoCloseable {
  private static final int INSTANCES = 10;
  private static final int PORT = 8080;

  private final PracticeLoops loops;
  private final PracticeCluster exporter;
  private final PracticeCluster importer;
  private final PracticeClient writing;
  private final PracticeClient reading;
  private final int services;
  private int ports = PORT;

  PracticePeering(Pace pace, int services) {
    this.services = services;
    loops = new PracticeLoops(pace, System.currentTimeMillis());
    exporter = new PracticeCluster("exporter", loops);
    importer = new PracticeCluster("importer", loops);
    writing = exporter.client();
    reading = importer.client();
    run(exporter, PracticeCommands.acceptor());
    run(importer, PracticeCommands.dialer());
    PeerSupervisor accepting =
        exporter.streams(
            (target, inbound) -> {
              throw new IllegalStateException("it is dialed");
            });
    accepting.start();
    importer.streams(new PracticeLink(loops.newLoop(), accepting.acceptor())).start();
    for (int i = 0; i < services * INSTANCES; i++) {
      exporter.submit(PracticeCommands.instance(i / INSTANCES, i % INSTANCES, PORT));
    }
  }

  /** A first sync of all, a change of each, and its end. */
  void round() {
    exporter.submit(PracticeCommands.exports(true));
    loops.runUntil(() -> imported() == services);
    for (int service = 0; service < services; service++) {
      change(service);
    }
    exporter.submit(PracticeCommands.exports(false));
    loops.runUntil(() -> imported() == 0);
  }

  private void change(int service) {
    ports = ports == 65_535 ? PORT : ports + 1;
    String path =
        "/v1/health/service/%s?peer=%s"
            .formatted(PracticeCommands.service(service), PracticeCommands.EXPORTER);
    ask(reading, "GET", path, "", "HTTP/1.1 200");
    String port = "\"Port\":" + ports;
    reading.ask("GET", path + "&wait=600s&index=" + reading.index(), "");
    ask(
        writing,
        "PUT",
        "/v1/catalog/register",
        PracticeCommands.registration(service, ports % INSTANCES, ports),
        "HTTP/1.1 200");
    loops.runUntil(() -> reading.hasHeard(port));
  }

  private void ask(
      PracticeClient client, String method, String path, String body, String expected) {
    client.ask(method, path, body);
    loops.runUntil(() -> client.hasHeard(expected));
  }

  private void run(PracticeCluster cluster, List<Command> commands) {
    commands.forEach(cluster::submit);
    loops.runUntil(() -> true);
  }

  private int imported() {
    try (View view = importer.view()) {
      return new Peerings(view).importedServices(PracticeCommands.EXPORTER).size();
    }
  }

  @Override
  public void close() {
    writing.close();
    reading.close();
    exporter.close();
    importer.close();
  }
}
