package io.hanse.raft;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Leadership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who leads, as this server last saw it, and who wants to know when that changes. */
public final class LeaderStanding implements Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderStanding.class);

  private final String self;
  private final Supplier<Standing> probe;
  private final Executor events;
  private final List<Consumer<Standing>> listeners = new ArrayList<>();
  private final Map<Long, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong waiters = new AtomicLong();
  private volatile @Nullable ProblemException closedBy;
  private volatile Standing current = new Standing(0, false, Optional.empty());

  /**
   * @param probe asks where this server stands now
   * @param events one thread, in order
   */
  public LeaderStanding(String self, Supplier<Standing> probe, Executor events) {
    this.self = self;
    this.probe = probe;
    this.events = events;
  }

  @Override
  public Standing standing() {
    return current;
  }

  @Override
  public String self() {
    return self;
  }

  @Override
  public void onChange(Consumer<Standing> listener) {
    events.execute(
        () -> {
          listeners.add(listener);
          tell(listener, current);
        });
  }

  /** Looks again, soon. May be called from anywhere, under any lock. */
  public void refresh() {
    events.execute(
        () -> {
          Standing now = probe.get();
          if (!now.equals(current)) {
            current = now;
            listeners.forEach(listener -> tell(listener, now));
            List.copyOf(waiting.values()).forEach(waiter -> waiter.complete(null));
          }
        });
  }

  /** One that fails must not keep the news from those behind it: they would not hear it again. */
  private static void tell(Consumer<Standing> listener, Standing now) {
    try {
      listener.accept(now);
    } catch (RuntimeException | Error e) {
      LOG.error("a listener of the leadership failed term={}", now.term(), e);
    }
  }

  /** Fails the call with {@code NOT_LEADER} as soon as another than the one asked leads. */
  void abandonWhenReplaced(String asked, CompletableFuture<?> call) {
    long number = waiters.incrementAndGet();
    CompletableFuture<Void> waiter = new CompletableFuture<>();
    waiting.put(number, waiter);
    waiter.thenRun(
        () -> {
          if (current.leader().filter(asked::equals).isPresent()) {
            abandonWhenReplaced(asked, call);
          } else {
            call.completeExceptionally(Problems.notLeader());
          }
        });
    call.whenComplete((answer, failure) -> waiting.remove(number));
  }

  /** This server takes part no more: whoever waits for a leader waits in vain, and is told why. */
  void close(ProblemException why) {
    closedBy = why;
    List.copyOf(waiting.values()).forEach(waiter -> waiter.complete(null));
  }

  /** Why this server takes part no more; empty while it does. */
  Optional<ProblemException> closedBy() {
    return Optional.ofNullable(closedBy);
  }

  /** Completes at the next change of standing, or after the time given. */
  CompletableFuture<Void> change(long millis) {
    CompletableFuture<Void> waiter =
        new CompletableFuture<Void>().completeOnTimeout(null, millis, TimeUnit.MILLISECONDS);
    long number = waiters.incrementAndGet();
    waiting.put(number, waiter);
    return waiter.whenComplete((done, failure) -> waiting.remove(number));
  }
}
