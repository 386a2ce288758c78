package io.hanse.bench.load;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;

/** Runs workloads on servers of each system in turns; {@link Options#HELP} says which. */
final class Load {
  /** The exit code of a command line that is none. */
  private static final int USAGE = 2;

  /** Native programs are soon as warm as they get. */
  private static final double WARM_NATIVE_SECONDS = 6;

  /** Rounds of watches that do not count, for each system: that path has to be warm, too. */
  private static final int WARM_WATCHES = 2;

  private static final int READERS = 64;

  private final Map<Kind, String> programs = new EnumMap<>(Kind.class);
  private final List<Cluster> clusters = new CopyOnWriteArrayList<>();
  private final Report report = new Report();
  private final Options options;

  private Load(Options options) {
    this.options = options;
    for (Kind kind : Kind.values()) {
      String program = System.getenv(kind.name() + "_BIN");
      if (program != null && !program.isEmpty() && options.only().contains(kind.label())) {
        programs.put(kind, program);
      }
    }
  }

  public static void main(String[] args) throws Exception {
    if (Options.asksForHelp(args)) {
      System.out.print(Options.HELP);
      return;
    }
    Options options;
    try {
      options = Options.parse(args);
    } catch (Options.Flaw e) {
      System.err.println("bench/load: " + e.getMessage() + "\nTry: bench/load --help");
      System.exit(USAGE);
      return;
    }
    Load load = new Load(options);
    // At a signal, too, no server is left behind.
    Runtime.getRuntime().addShutdownHook(new Thread(load::end, "end"));
    try {
      load.run();
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }

  private void end() {
    for (Cluster cluster : List.copyOf(clusters)) {
      try {
        cluster.close();
      } catch (IOException | RuntimeException e) {
        System.err.println("left behind of " + cluster.kind() + ": " + e);
      }
    }
  }

  private void run() throws Exception {
    if (options.workload().equals("start")) {
      programs.remove(Kind.ETCD);
      for (int round = 0; round < options.rounds(); round++) {
        for (Map.Entry<Kind, String> program : programs.entrySet()) {
          DevStart.run(program.getKey(), program.getValue(), report);
        }
      }
      report.print("agent -dev");
      return;
    }
    if (options.workload().startsWith("watch") || options.workload().equals("size")) {
      programs.remove(Kind.ETCD);
    }
    for (Map.Entry<Kind, String> program : programs.entrySet()) {
      Cluster cluster = new Cluster(program.getKey(), program.getValue(), options.servers());
      clusters.add(cluster);
      cluster.start();
      Requests.seed(cluster, "web");
    }
    warm();
    switch (options.workload()) {
      case "writes" -> writes();
      case "reads" -> reads();
      case "watch-one" -> watches(true);
      case "watch-own" -> watches(false);
      case "failover" -> failover();
      case "size" -> size();
      default -> throw new IllegalArgumentException("no workload " + options.workload());
    }
    for (Cluster cluster : clusters) {
      report.add("memory", cluster.kind(), "RSS MB", Usage.rssKilobytes(cluster.pids()) / 1024.0);
    }
    report.print("memory");
  }

  /**
   * Until the compilers of a JVM have seen it all; the others get the same. Writes with as many in
   * flight as are measured: many share an entry of the log, and the code of an entry stays cold.
   */
  private void warm() throws Exception {
    List<Integer> inFlight =
        options.workload().equals("writes") ? options.inFlight() : List.of(READERS);
    for (Cluster cluster : clusters) {
      Kind kind = cluster.kind();
      double whole = kind.isJvm() ? options.warm() : Math.min(WARM_NATIVE_SECONDS, options.warm());
      double seconds = whole / cluster.size() / (2 * inFlight.size() + 1);
      for (int server = 0; server < cluster.size() && whole > 0; server++) {
        for (int lanes : inFlight) {
          Slice.of(cluster, server, lanes, seconds, Requests.registrations(kind));
          Slice.of(cluster, server, lanes, seconds, Requests.keyValue(kind));
        }
        Slice.of(cluster, server, READERS, seconds, lane -> Requests.read(kind, "web", false));
      }
    }
  }

  /** Makes the requests of a slice. */
  private interface Work {
    IntFunction<Request> of(Kind kind);
  }

  private void rounds(String row, boolean atLeader, int inFlight, Work work) throws Exception {
    for (int round = 0; round < options.rounds(); round++) {
      for (Cluster cluster : clusters) {
        int server = atLeader ? cluster.leader() : cluster.follower();
        report.add(
            row,
            cluster.kind(),
            Slice.of(cluster, server, inFlight, options.seconds(), work.of(cluster.kind())));
      }
    }
    report.print(row);
  }

  private void writes() throws Exception {
    for (String at : options.at()) {
      boolean atLeader = at.equals("leader");
      for (int inFlight : options.inFlight()) {
        String where = " at " + at + ", " + inFlight + " in flight";
        rounds("register" + where, atLeader, inFlight, Requests::registrations);
        rounds("kv put" + where, atLeader, inFlight, Requests::keyValue);
      }
    }
  }

  private void reads() throws Exception {
    for (String at : options.at()) {
      boolean atLeader = at.equals("leader");
      for (boolean isStale : new boolean[] {false, true}) {
        rounds(
            (isStale ? "stale" : "default") + " health read at " + at,
            atLeader,
            READERS,
            kind -> {
              Request request = Requests.read(kind, "web", isStale);
              return lane -> request;
            });
      }
    }
  }

  private void watches(boolean isShared) throws Exception {
    for (Cluster cluster : clusters) {
      Watches.seed(cluster, options.count(), isShared);
      for (int round = 0; round < WARM_WATCHES && options.warm() > 0; round++) {
        Watches.run(cluster, options.count(), isShared, new Report());
      }
    }
    for (int round = 0; round < options.rounds(); round++) {
      for (Cluster cluster : clusters) {
        Watches.run(cluster, options.count(), isShared, report);
      }
    }
    report.print(options.count() + (isShared ? " on one service" : " on own services"));
  }

  private void size() throws Exception {
    for (Cluster cluster : clusters) {
      Size.run(cluster, options.count(), options.archive(), report);
    }
    report.print(Size.row(options.count()));
  }

  private void failover() throws Exception {
    for (int round = 0; round < options.rounds(); round++) {
      for (Cluster cluster : clusters) {
        Failover.run(cluster, report);
      }
    }
    report.print("kill -9 of the leader, 64 writes in flight at the others");
  }
}
