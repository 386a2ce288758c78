package io.hanse.bench.load;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

/**
 * What some seconds of load on one server of a cluster gave.
 *
 * @param rate of good answers, a second
 * @param cpu of all servers, microseconds for each good answer
 * @param cores of the machine that neither the servers nor the load used
 */
record Slice(double rate, double cpu, double p50, double p99, double errors, double cores) {
  static Slice of(
      Cluster cluster, int server, int inFlight, double seconds, IntFunction<Request> requests)
      throws Exception {
    Latencies latencies = new Latencies();
    long[] errors = {0};
    List<Long> pids = cluster.pids();
    try (Flood flood =
        new Flood(
            List.of(cluster.address(server)),
            cluster.wires(),
            inFlight,
            cluster.connections(inFlight),
            requests,
            (lane, sent, done, isOk) -> {
              if (isOk) {
                latencies.add(done - sent);
              } else {
                errors[0]++;
              }
            })) {
      double machine = Usage.machineMicros();
      double own = Usage.cpuMicros(List.of(ProcessHandle.current().pid()));
      double cpu = Usage.cpuMicros(pids);
      long begin = System.nanoTime();
      long end = begin + (long) (seconds * 1e9);
      flood.begin();
      flood.run(() -> System.nanoTime() < end, 3_000_000_000L);
      double took = (System.nanoTime() - begin) / 1e9;
      double used = Usage.cpuMicros(pids) - cpu;
      own = Usage.cpuMicros(List.of(ProcessHandle.current().pid())) - own;
      double others = (Usage.machineMicros() - machine - used - own) / 1e6 / took;
      return new Slice(
          latencies.count() / took,
          used / Math.max(1, latencies.count()),
          latencies.millis(0.5),
          latencies.millis(0.99),
          errors[0],
          others);
    }
  }

  /** One request, until it is well answered. */
  static void once(Cluster cluster, Request request) throws Exception {
    AtomicBoolean isDone = new AtomicBoolean();
    for (int attempt = 0; !isDone.get(); attempt++) {
      if (attempt == 50) {
        throw new IllegalStateException(cluster.kind() + " refuses " + request.path());
      }
      try (Flood flood =
          new Flood(
              List.of(cluster.address(cluster.leader())),
              cluster.wires(),
              1,
              1,
              lane -> request,
              (lane, sent, done, isOk) -> isDone.set(isOk))) {
        flood.begin();
        flood.run(() -> false, 5_000_000_000L);
      }
      if (!isDone.get()) {
        Cluster.pause(100);
      }
    }
  }
}
