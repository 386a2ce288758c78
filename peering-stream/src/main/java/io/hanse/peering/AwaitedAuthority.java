package io.hanse.peering;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Lets who needs the cluster's certificate authority wait for it: a new cluster has a leader a
 * moment before that leader has made one.
 */
final class AwaitedAuthority {
  private final StateReader reader;
  private final Duration patience;

  AwaitedAuthority(StateReader reader, Duration patience) {
    this.reader = reader;
    this.patience = patience;
  }

  /** Completes when there is one, or the patience is over: who goes on looks again. */
  CompletableFuture<Void> awaited() {
    Wait wait = new Wait();
    wait.look();
    return wait.over.completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private final class Wait {
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private void look() {
      if (over.isDone()) {
        return;
      }
      ReadSet reads;
      long index;
      try (View view = reader.view()) {
        if (new Ca(view).activeRoot().isPresent()) {
          over.complete(null);
          return;
        }
        reads = view.reads();
        index = view.readIndex();
      } catch (RuntimeException e) {
        over.completeExceptionally(e);
        return;
      }
      Runnable unwatch = reader.watch(reads, index, this::look);
      over.whenComplete((done, failure) -> unwatch.run());
    }
  }
}
