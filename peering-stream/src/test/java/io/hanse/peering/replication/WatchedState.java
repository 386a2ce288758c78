package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.peering.Mistakes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** The state of a cluster, whose wakes come when the test wants, and which counts its readers. */
final class WatchedState implements StateReader, AutoCloseable {
  final SimTime time = new SimTime(1);
  final SimCluster cluster = new SimCluster("c", time, new SimNetwork(time), command -> {});
  private final Deque<Runnable> wakes = new ArrayDeque<>();
  private final Mistakes made = new Mistakes();
  int views;
  int watches;

  /** Nothing more can be watched. */
  boolean isFull;

  /** Nothing can be looked at, for a reason that nobody foresaw. */
  boolean isBroken;

  /** Lets all know that are to be woken by now, one behind the other. */
  void wakeAll() {
    while (!wakes.isEmpty()) {
      wakes.remove().run();
    }
  }

  @Override
  public View view() {
    views++;
    if (isBroken) {
      throw made.next();
    }
    return cluster.view();
  }

  @Override
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    if (isFull) {
      throw new ProblemException(ProblemCode.OVERLOADED, "full");
    }
    watches++;
    return cluster.watch(reads, since, () -> wakes.add(wake));
  }

  /** Those that wait. */
  int waiting() {
    return cluster.machine.watches().count();
  }

  @Override
  public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
    return cluster.fresh(level, patience);
  }

  @Override
  public Freshness freshness() {
    return cluster.freshness();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
