package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A fault of one of two clusters that are peered, or of the link between them.
 *
 * @param side of which it is, for people
 * @param cluster the one it meets; of the link's, either
 * @param least how long it lasts at least, to have the effect that is looked for
 */
public record PairFault(String side, Cluster cluster, Nemesis nemesis, Duration least) {
  private PairFault(String side, Cluster cluster, Nemesis nemesis) {
    this(side, cluster, nemesis, Duration.ZERO);
  }

  /**
   * Draws so many, each kind once, in some order, before any comes again.
   *
   * @param network that has the hosts of both, the exporter's first
   * @param shims whether the power of servers can be cut
   * @param longer than a silent peer's services are served
   * @param only what a fault's words must contain, one of these; empty: all are drawn
   */
  public static List<PairFault> draw(
      long seed,
      int count,
      Cluster exporter,
      Cluster importer,
      Optional<Network> network,
      boolean shims,
      Duration longer,
      List<String> only) {
    SplittableRandom random = new SplittableRandom(seed);
    List<PairFault> schedule = new ArrayList<>();
    while (schedule.size() < count) {
      List<PairFault> round = new ArrayList<>();
      addOf(round, "exporter", exporter, random, shims);
      addOf(round, "importer", importer, random, shims);
      for (LinkCut.Deaf deaf : LinkCut.Deaf.values()) {
        network.ifPresent(
            there ->
                round.add(
                    new PairFault(
                        "link", exporter, new LinkCut(there, exporter.servers().size(), deaf))));
      }
      network.ifPresent(
          there ->
              round.add(
                  new PairFault(
                      "link, for longer than the policy",
                      exporter,
                      new LinkCut(there, exporter.servers().size(), LinkCut.Deaf.BOTH),
                      longer)));
      round.removeIf(
          fault -> !only.isEmpty() && only.stream().noneMatch(fault.toString()::contains));
      if (round.isEmpty()) {
        throw new IllegalArgumentException("no fault is named like any of " + only);
      }
      while (!round.isEmpty() && schedule.size() < count) {
        schedule.add(round.remove(random.nextInt(round.size())));
      }
    }
    return schedule;
  }

  private static void addOf(
      List<PairFault> round, String side, Cluster cluster, SplittableRandom random, boolean shims) {
    for (Crash.Victims victims : Crash.Victims.values()) {
      int draw = random.nextInt(Integer.MAX_VALUE);
      round.add(new PairFault(side, cluster, new Crash(victims, draw)));
      SplittableRandom own = random.split();
      if (shims) {
        round.add(new PairFault(side, cluster, new PowerCut(victims, own)));
      }
    }
    round.add(new PairFault(side, cluster, new Pause()));
  }

  @Override
  public String toString() {
    return side + ": " + nemesis;
  }
}
