package io.hanse.fsm.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BoundedWatchesTest {
  private static final ReadSet READS = new ReadSet(Set.of());

  private final Deque<Runnable> wakes = new ArrayDeque<>();
  private boolean isFull;
  private boolean isBroken;
  private int woken;

  private final BoundedWatches watches =
      new BoundedWatches(
          new StateReader() {
            @Override
            public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
              return CompletableFuture.completedFuture(freshness());
            }

            @Override
            public Freshness freshness() {
              return new Freshness(true, 0);
            }

            @Override
            public View view() {
              throw new AssertionError("nothing is read here");
            }

            @Override
            public Runnable watch(ReadSet reads, long since, Runnable wake) {
              if (isFull) {
                throw new ProblemException(ProblemCode.OVERLOADED, "full");
              }
              if (isBroken) {
                throw new NoClassDefFoundError("a class that nobody missed");
              }
              wakes.add(wake);
              return () -> {};
            }
          },
          "proxies",
          2);

  private Runnable watch() {
    return watches.watch(READS, 1, () -> woken++);
  }

  @Test
  void shouldRefuseMoreThanItsShare() {
    watch();
    watch();
    assertThatThrownBy(this::watch)
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.OVERLOADED))
        .hasMessageContaining("proxies")
        .hasMessageContaining("(2)");
    assertThat(watches.count()).isEqualTo(2);
  }

  @Test
  void shouldKeepNoPlaceForAnError() {
    isBroken = true;
    assertThatThrownBy(this::watch).isInstanceOf(NoClassDefFoundError.class);
    assertThat(watches.count()).isZero();
  }

  @Test
  void shouldGiveAPlaceBackOnce() {
    Runnable end = watch();
    watch();
    wakes.remove().run();
    end.run();
    end.run();
    assertThat(watches.count()).isEqualTo(1);
    assertThat(woken).isEqualTo(1);
    watch().run();
    assertThat(watches.count()).isEqualTo(1);
  }

  @Test
  void shouldTakeNoPlaceForWhatIsNotWatched() {
    isFull = true;
    assertThatThrownBy(this::watch).hasMessage("full");
    assertThat(watches.count()).isZero();
  }
}
