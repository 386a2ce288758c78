package io.hanse.fsm.port;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A reader for one kind of those who wait for changes, which takes no more than its share of the
 * watches: however many of these there are, the others find room. Safe from any thread.
 */
public final class BoundedWatches implements StateReader {
  private final StateReader reader;
  private final String whose;
  private final int max;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * A share of which nothing is taken.
   *
   * @param whose for the message when it is used up
   */
  public BoundedWatches(StateReader reader, String whose, int max) {
    this.reader = reader;
    this.whose = whose;
    this.max = max;
  }

  /** How many wait. */
  public int count() {
    return waiting.get();
  }

  /** One watch, until it is woken or ended. */
  private final class Place implements Runnable {
    private final Runnable wake;
    private final AtomicBoolean isFree = new AtomicBoolean();

    Place(Runnable wake) {
      this.wake = wake;
    }

    void leave() {
      if (isFree.compareAndSet(false, true)) {
        waiting.decrementAndGet();
      }
    }

    @Override
    public void run() {
      leave();
      wake.run();
    }
  }

  /**
   * As the reader does.
   *
   * @throws ProblemException OVERLOADED: the share is used up
   */
  @Override
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    if (waiting.incrementAndGet() > max) {
      waiting.decrementAndGet();
      throw new ProblemException(
          ProblemCode.OVERLOADED,
          "too many watches of " + whose + " wait for changes (" + max + "); try again");
    }
    Place place = new Place(wake);
    Runnable end;
    try {
      end = reader.watch(reads, since, place);
    } catch (RuntimeException | Error e) {
      place.leave();
      throw e;
    }
    return () -> {
      end.run();
      place.leave();
    };
  }

  @Override
  public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
    return reader.fresh(level, patience);
  }

  @Override
  public Freshness freshness() {
    return reader.freshness();
  }

  @Override
  public View view() {
    return reader.view();
  }
}
