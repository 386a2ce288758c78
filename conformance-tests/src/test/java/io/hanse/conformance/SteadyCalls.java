package io.hanse.conformance;

import static org.awaitility.Awaitility.await;

import io.hanse.http.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Calls of a service, each on a connection of its own, that go on while something happens. */
final class SteadyCalls implements AutoCloseable {
  private static final long PAUSE_MILLIS = 20;

  private final String caller;
  private final InetSocketAddress upstream;
  private final String expected;
  private final AtomicInteger good = new AtomicInteger();
  private final AtomicInteger goodInARow = new AtomicInteger();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

  private SteadyCalls(String caller, InetSocketAddress upstream, String expected) {
    this.caller = caller;
    this.upstream = upstream;
    this.expected = expected;
  }

  /** Begins to call a service that answers with the expected word. */
  static SteadyCalls start(String caller, InetSocketAddress upstream, String expected) {
    SteadyCalls calls = new SteadyCalls(caller, upstream, expected);
    calls.thread.scheduleWithFixedDelay(calls::call, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    return calls;
  }

  private void call() {
    try {
      String answer = RawClient.exchange(upstream, "GET", "/", Map.of(), null).text();
      if (answer.equals(expected)) {
        good.incrementAndGet();
        goodInARow.incrementAndGet();
      } else {
        failed("answer \"" + answer + "\"");
      }
    } catch (IOException | RuntimeException e) {
      failed(e.toString());
    }
  }

  private void failed(String why) {
    goodInARow.set(0);
    failures.add("after " + good + " good calls: " + why);
  }

  /** In order, each with its reason. */
  List<String> failures() {
    return failures;
  }

  /** Waits until so many more calls have succeeded, whatever becomes of others. */
  void awaitMore(int count) {
    int wanted = good.get() + count;
    await(caller + " calls on").atMost(PeerCluster.PATIENCE).until(() -> good.get() >= wanted);
  }

  /** Waits until as many calls succeeded with none in between that failed. */
  void awaitUnbroken(int count) {
    goodInARow.set(0);
    await(caller + " calls without a failure")
        .atMost(PeerCluster.PATIENCE)
        .until(() -> goodInARow.get() >= count);
  }

  @Override
  public String toString() {
    return caller + ": " + good + " calls succeeded, " + failures.size() + " failed " + failures;
  }

  /** Ends with the call that is on its way. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
