package io.hanse.bench.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the command line of a load says. */
record Options(
    String workload,
    int rounds,
    double seconds,
    double warm,
    List<String> only,
    int count,
    int servers,
    List<Integer> inFlight,
    List<String> at,
    Optional<Path> archive) {
  static final String HELP =
      """
      Usage: bench/load WORKLOAD [--OPTION VALUE]...

      Starts servers of Hanse, and of etcd (in PATH, or ETCD_BIN) and Consul (CONSUL_BIN) where they
      are at hand, puts the same load on each in turns, and prints for each the median and the range
      of its rounds, and Hanse's share of the others' figures. BEFORE_BIN names another Hanse to
      compare with.

      Workloads:
        writes      registrations of a service with a check, and values of 256 bytes
        reads       the health of a service with ten instances, default and stale
        watch-one   blocking queries on one service, which changes (not etcd)
        watch-own   blocking queries on a service each, of which one changes (not etcd)
        failover    the leader is killed under 64 writes in flight at the others
        size        memory, snapshot and restart with many instances (--count; not etcd)
        start       agent -dev: to the first answer, and to a leader (not etcd)

      Options:
        --rounds N           rounds of each system, in turns (3)
        --seconds S          length of a round of writes or reads (3)
        --warm S             load on each Hanse before the first round (60)
        --only NAME,...      of hanse, before, etcd, consul (all that are at hand)
        --servers N          of each system (3)
        --in-flight N,...    writes open at a time (1,16,64,256)
        --at WHERE,...       of leader, follower: who gets writes and reads (both)
        --count N            blocking queries, or instances (10000)
        --archive FILE       Hanse gets the instances by a restore, of what bench/growth archive made

      Examples:
        bench/load writes --at leader --in-flight 64 --rounds 5 --only hanse,etcd
        CONSUL_BIN=/opt/consul bench/load watch-one --rounds 2
        BEFORE_BIN=../before/cli/target/hanse-1/bin/hanse bench/load reads --only hanse,before
      """;

  private static final List<String> WORKLOADS =
      List.of("writes", "reads", "watch-one", "watch-own", "failover", "size", "start");
  private static final List<String> NAMES =
      List.of(
          "--rounds",
          "--seconds",
          "--warm",
          "--only",
          "--count",
          "--servers",
          "--in-flight",
          "--at",
          "--archive");

  /** A command line that is none: why. */
  static final class Flaw extends Exception {
    private static final long serialVersionUID = 1L;

    Flaw(String message) {
      super(message);
    }
  }

  static boolean asksForHelp(String... args) {
    List<String> given = List.of(args);
    return given.isEmpty()
        || given.contains("--help")
        || given.contains("-h")
        || given.get(0).equals("help");
  }

  static Options parse(String... args) throws Flaw {
    if (!WORKLOADS.contains(args[0])) {
      throw new Flaw("there is no workload \"" + args[0] + "\"; choose " + one(WORKLOADS));
    }
    Map<String, String> given = given(1, NAMES, args);
    return new Options(
        args[0],
        (int) number(given, "--rounds", "3", 1),
        number(given, "--seconds", "3", 0.1),
        number(given, "--warm", "60", 0),
        names(given, "--only", List.of("hanse", "before", "etcd", "consul")),
        (int) number(given, "--count", "10000", 1),
        (int) number(given, "--servers", "3", 1),
        counts(given.getOrDefault("--in-flight", "1,16,64,256")),
        names(given, "--at", List.of("leader", "follower")),
        Optional.ofNullable(given.get("--archive")).map(Path::of));
  }

  /** Options with their values, from a position on. */
  static Map<String, String> given(int from, List<String> names, String... args) throws Flaw {
    Map<String, String> given = new TreeMap<>();
    for (int i = from; i < args.length; i += 2) {
      if (!names.contains(args[i])) {
        throw new Flaw("there is no option \"" + args[i] + "\"; choose " + one(names));
      }
      if (i + 1 == args.length) {
        throw new Flaw(args[i] + " needs a value");
      }
      given.put(args[i], args[i + 1]);
    }
    return given;
  }

  static double number(Map<String, String> given, String name, String usual, double min)
      throws Flaw {
    String text = given.getOrDefault(name, usual);
    try {
      double value = Double.parseDouble(text);
      if (value >= min && value <= Integer.MAX_VALUE) {
        return value;
      }
    } catch (NumberFormatException e) {
      // As one that is too small.
    }
    throw new Flaw(name + " must be a number of at least " + min + ", not \"" + text + "\"");
  }

  private static List<Integer> counts(String text) throws Flaw {
    List<Integer> counts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      counts.add((int) number(Map.of("--in-flight", part), "--in-flight", "", 1));
    }
    return counts;
  }

  static List<String> names(Map<String, String> given, String name, List<String> all)
      throws Flaw {
    if (!given.containsKey(name)) {
      return all;
    }
    List<String> chosen = List.of(given.get(name).split(",", -1));
    for (String one : chosen) {
      if (!all.contains(one)) {
        throw new Flaw(
            name + " must name some of " + String.join(",", all) + ", not \"" + one + "\"");
      }
    }
    return chosen;
  }

  private static String one(List<String> of) {
    return String.join(", ", of.subList(0, of.size() - 1)) + " or " + of.get(of.size() - 1);
  }
}
