package io.hanse.cli.agent.warmup;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the code of the state machine and of peerings in a server that has started and has nothing
 * else to do, until the JVM's compilers are through with it: the first sync with a peer, or the
 * first seconds of a new leader, would pay for that else. What it works on is its own: the server's
 * state, log and peers are never touched.
 */
public final class WarmUp implements AutoCloseable {
  /** Of the thread; by it the log knows whose lines are of no interest. */
  public static final String THREAD = "warm-up";

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** After so many, what is not compiled yet is not worth it. */
  private static final int ROUNDS_MAX = 12;

  /** Compilers that took less for a round are through. */
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  /** What travels in a round: enough that what is hot is known soon. */
  private static final int SERVICES = 300;

  /** So much of the heap has to be left: what is practised takes some 20 MB, and makes garbage. */
  private static final long HEAP_BYTES_LEFT = 128L << 20;

  /** A property of the JVM: it practises also while others take more than half of the machine. */
  private static final String BESIDE_OTHERS = "hanse.warm-up.beside-others";

  private final Pace pace = new Pace(others(), MachineLoad::workedNanos, LOOK_EVERY);

  private static DoubleSupplier others() {
    return Boolean.getBoolean(BESIDE_OTHERS) ? () -> 0 : new MachineLoad();
  }

  /** To be called once the server serves. */
  public void start() {
    Thread thread = new Thread(this::run, THREAD);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long begin = System.nanoTime();
    try {
      if (!Compilers.optimise()) {
        throw new Pace.OverException("no compiler optimises");
      }
      pace.begin();
      if (heapLeft() < HEAP_BYTES_LEFT) {
        throw new Pace.OverException("the heap is nearly full");
      }
      int rounds = practise();
      LOG.info(
          "warm-up done rounds={} seconds={} of_it_worked={}",
          rounds,
          seconds(System.nanoTime() - begin),
          seconds(pace.workedNanos()));
      collect();
    } catch (Pace.OverException e) {
      LOG.debug("warm-up ended early cause=\"{}\"", e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      // Nothing hangs on it: the server goes on as cold as it is.
      LOG.warn("warm-up broken off, the server is slow at first", e);
    }
  }

  /**
   * Beside what has lived for some time: most of the young is garbage, and makes room by itself.
   */
  private static long heapLeft() {
    long old =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
            .mapToLong(pool -> pool.getUsage().getUsed())
            .sum();
    return Runtime.getRuntime().maxMemory() - old;
  }

  private int practise() {
    try (PracticePeering peering = new PracticePeering(pace, SERVICES)) {
      for (int round = 1; ; round++) {
        long before = Compilers.nanos();
        peering.round();
        if (round == ROUNDS_MAX || Compilers.nanos() - before < QUIET_NANOS) {
          return round;
        }
      }
    }
  }

  /**
   * What practice leaves has become old, and would be looked for in the midst of the first sync.
   * Servers are started so that this stops nobody (ExplicitGCInvokesConcurrent).
   */
  private static void collect() {
    System.gc();
  }

  private static String seconds(long nanos) {
    return "%.1f".formatted(nanos / 1e9);
  }

  /** It uses nothing of the server, which therefore does not wait for its last step. */
  @Override
  public void close() {
    pace.end();
  }
}
