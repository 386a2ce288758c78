package io.hanse.cli.demo;

import java.util.List;
import java.util.function.Consumer;

/** The steps, in order. */
final class Story {
  record Step(String title, Consumer<Stage> action) {}

  static final List<Step> STEPS =
      List.of(
          new Step("Start clusters alpha and beta, three servers each", ClusterScenes::start),
          new Step("Register services, start gateways and sidecars", MeshScenes::start),
          new Step("Peer the clusters", PeeringScenes::join),
          new Step("Export a service: beta sees it at once", PeeringScenes::export),
          new Step("Call it: refused until an intention allows it", TrafficScenes::intend),
          new Step("An instance falls ill: traffic goes to the other", TrafficScenes::fallIll),
          new Step("Kill the leader while requests and writes go on", FailureScenes::killLeader),
          new Step("Restart alpha's gateway", FailureScenes::restartGateway),
          new Step("Deregister, and end the peering", PeeringScenes::part),
          new Step("What it took", ClusterScenes::resources));

  private Story() {}

  /** Plays until the end or the first step that fails. Answers whether all went well. */
  static boolean play(Stage stage) {
    Narrator narrator = stage.narrator();
    for (Step step : STEPS) {
      narrator.begin(step.title());
      try {
        step.action().accept(stage);
        narrator.succeed();
      } catch (RuntimeException e) {
        narrator.fail(reason(e), Explanation.of(e, stage.scene));
        return false;
      }
    }
    return true;
  }

  private static String reason(RuntimeException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
