package io.hanse.cli.demo;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import io.hanse.cli.program.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Plays the whole story and stops what it started, whatever happens. Files stay where a step failed
 * or the user keeps them.
 */
@Command(
    name = "demo",
    description = "Plays two peered clusters, end to end, on this machine's loopback.")
public final class DemoCommand implements Callable<Integer> {
  private final Session session;

  @Option(names = "-keep", description = "Leaves everything running until Ctrl-C.")
  private boolean keep;

  @Option(names = "-json", description = "Prints one JSON object per step.")
  private boolean json;

  public DemoCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    long begin = System.nanoTime();
    Narrator narrator = new Narrator(session.out(), json);
    Program program = Program.ofThisDistribution();
    Path directory = directory();
    Scene scene = new Scene(program, directory, narrator);
    Thread hook = new Thread(scene::close, "stop-demo");
    Runtime.getRuntime().addShutdownHook(hook);
    boolean played = false;
    try (scene) {
      narrator.tell(
          "Two clusters, peered, in "
              + Story.STEPS.size()
              + " steps. Files and logs: "
              + directory);
      Stage stage = new Stage(scene, FreePorts.choose(Stage.PORTS));
      played = Story.play(stage);
      double seconds = (System.nanoTime() - begin) / 1_000_000_000.0;
      narrator.tell("");
      narrator.tell(
          (played ? "The story is over after " : "The story broke off after ")
              + String.format(Locale.ROOT, "%.1f s.", seconds));
      if (keep) {
        explain(stage);
        awaitInterrupt();
      }
    }
    if (played && !keep) {
      scene.delete();
    }
    return played ? 0 : 1;
  }

  private static Path directory() {
    try {
      return Files.createTempDirectory("hanse-demo-");
    } catch (IOException e) {
      throw new CommandFailure("can't make a directory for the demo: " + e.getMessage());
    }
  }

  private void explain(Stage stage) {
    session.print("");
    session.print("It goes on running. Ctrl-C stops it. Things to try:");
    for (DemoCluster cluster : List.of(stage.alpha, stage.beta)) {
      session.print(
          "  export HANSE_HTTP_ADDR="
              + cluster.servers().get(0).httpAddress()
              + "  # "
              + cluster.name());
    }
    session.print("  hanse members; hanse catalog services; hanse peering list");
    session.print("  " + stage.requestCommand());
    session.print("  curl http://127.0.0.1:" + stage.alphaGateway.adminPort() + "/status");
    session.print("Logs:");
    stage.scene.processes().forEach(process -> session.print("  " + process.log()));
    session.out().flush();
  }

  private static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
