package io.hanse.cli.agent.warmup;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
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
  private final int services;
  private int ports = PORT;

  PracticePeering(Pace pace, int services) {
    this.services = services;
    loops = new PracticeLoops(pace, System.currentTimeMillis());
    exporter = new PracticeCluster("exporter", loops);
    importer = new PracticeCluster("importer", loops);
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
    exporter.submit(PracticeCommands.instance(service, ports % INSTANCES, ports));
    loops.runUntil(() -> shows(service, ports));
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

  private boolean shows(int service, int port) {
    try (View view = importer.view()) {
      return new Health(view)
          .service(PracticeCommands.EXPORTER, PracticeCommands.service(service)).stream()
              .anyMatch(row -> row.getService().getPort() == port);
    }
  }

  @Override
  public void close() {
    exporter.close();
    importer.close();
  }
}
