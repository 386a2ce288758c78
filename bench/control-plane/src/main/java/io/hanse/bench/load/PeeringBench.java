package io.hanse.bench.load;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Two peered clusters of each system in turns; {@link #HELP} says what is looked at. */
final class PeeringBench {
  private static final int USAGE = 2;
  private static final String HELP =
      """
      Usage: bench/peering --services N [--OPTION VALUE]...

      Starts two clusters of Hanse, and two of Consul where CONSUL_BIN names one, in turns; peers
      them over a link that counts bytes, exports services from one to the other, and prints

        first sync    s until all can be read at the importer, CPU of each side per instance,
                      bytes on the link; of servers that have started and are at rest
        one change    ms from the write of one instance of ten to the answer of a blocked health
                      query of the importer, and bytes both ways
        idle          CPU of each side in percent of a core, bytes/s
        after a cut   of the link of one second: ms until a change that was made meanwhile can be
                      read, counted from its end, and the bytes of a return without any change
        sync again    as the first, of servers that are warm: all is taken back and exported anew
        idle, peering deleted
                      what the servers take without it

      With more than one importer, each a cluster of one server and peered directly, it prints

        first sync    s until all importers have all services, CPU of the exporter per importer
        one change    ms from its write until blocked queries of all importers have answered, and
                      CPU of the exporter per importer
        idle          CPU of the exporter in percent of a core, and its memory

      Options:
        --services N     services that are exported
        --instances N    of each service (10)
        --warm N         single changes that don't count, before those that do (0)
        --changes N      single changes (1000)
        --idle S         seconds of looking on (20)
        --servers N      of each cluster (1); of the exporter only, with several importers
        --importers N    clusters that import (1)
        --rounds N       of each system (1)
        --only NAME,...  of hanse, before, consul, and mixed, where a Hanse imports from a
                         Consul (all that are at hand)
      """;

  private PeeringBench() {}

  public static void main(String[] args) throws Exception {
    if (Options.asksForHelp(args)) {
      System.out.print(HELP);
      return;
    }
    PeeringRun.Plan plan;
    List<String> only;
    int rounds;
    try {
      Map<String, String> given =
          Options.given(
              0,
              List.of(
                  "--services", "--instances", "--warm", "--changes", "--idle", "--servers",
                  "--importers", "--rounds", "--only"),
              args);
      plan =
          new PeeringRun.Plan(
              (int) Options.number(given, "--services", "5000", 1),
              (int) Options.number(given, "--instances", "10", 1),
              (int) Options.number(given, "--warm", "0", 0),
              (int) Options.number(given, "--changes", "1000", 1),
              Options.number(given, "--idle", "20", 1),
              (int) Options.number(given, "--servers", "1", 1),
              (int) Options.number(given, "--importers", "1", 1));
      only = Options.names(given, "--only", List.of("hanse", "before", "consul", "mixed"));
      rounds = (int) Options.number(given, "--rounds", "1", 1);
    } catch (Options.Flaw e) {
      System.err.println("bench/peering: " + e.getMessage() + "\nTry: bench/peering --help");
      System.exit(USAGE);
      return;
    }
    Map<Kind, PeeringRun.Side> sides = new EnumMap<>(Kind.class);
    for (Kind kind : List.of(Kind.HANSE, Kind.BEFORE, Kind.CONSUL)) {
      String program = System.getenv(kind.name() + "_BIN");
      if (program != null && !program.isEmpty()) {
        sides.put(kind, new PeeringRun.Side(kind, program));
      }
    }
    Report report = new Report();
    boolean isWhole = false;
    try {
      for (int round = 0; round < rounds; round++) {
        round(sides, only, plan, report);
      }
      isWhole = true;
    } finally {
      // What was seen before a run that failed took minutes, and stands for itself.
      (plan.importers() > 1 ? FanRun.ROWS : PeeringRun.ROWS).forEach(report::print);
      if (!isWhole) {
        System.out.println("not whole: a run failed");
      }
    }
    System.exit(0);
  }

  /** Each kind once that was asked for and is at hand. */
  private static void round(
      Map<Kind, PeeringRun.Side> sides, List<String> only, PeeringRun.Plan plan, Report report)
      throws Exception {
    for (Kind kind : Kind.values()) {
      PeeringRun.Side exporting = sides.get(kind == Kind.MIXED ? Kind.CONSUL : kind);
      PeeringRun.Side importing = sides.get(kind == Kind.MIXED ? Kind.HANSE : kind);
      if (exporting != null && importing != null && only.contains(kind.label())) {
        run(kind, exporting, importing, plan, report);
      }
    }
  }

  private static void run(
      Kind kind,
      PeeringRun.Side exporting,
      PeeringRun.Side importing,
      PeeringRun.Plan plan,
      Report report)
      throws Exception {
    if (plan.importers() > 1) {
      try (FanRun run = new FanRun(kind, exporting, importing, plan, report)) {
        run.run();
      }
    } else {
      try (PeeringRun run = new PeeringRun(kind, exporting, importing, plan, report)) {
        run.run();
      }
    }
  }
}
