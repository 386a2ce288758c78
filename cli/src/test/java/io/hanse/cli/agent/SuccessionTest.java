package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.port.Leadership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SuccessionTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final Standings standings = new Standings();
  private int resignations;
  private int asked;
  private boolean areEnough = true;

  /** At which question after the others they have a leader. */
  private int electedAt = Integer.MAX_VALUE;

  private Succession succession(Duration patience) {
    return new Succession(standings, this::ask, () -> resignations++, patience);
  }

  private CompletableFuture<Boolean> ask() {
    if (++asked == electedAt) {
      standings.are(new Leadership.Standing(2, false, Optional.of("b")));
    } else if (asked == 2) {
      standings.are(new Leadership.Standing(2, false, Optional.empty()));
    }
    return CompletableFuture.completedFuture(areEnough);
  }

  private static final class Standings implements Leadership {
    private final List<Consumer<Standing>> listeners = new ArrayList<>();
    private Standing standing = new Standing(1, true, Optional.of("a"));

    void are(Standing next) {
      standing = next;
      listeners.forEach(each -> each.accept(next));
    }

    @Override
    public Standing standing() {
      return standing;
    }

    @Override
    public void onChange(Consumer<Standing> listener) {
      listeners.add(listener);
      listener.accept(standing);
    }

    @Override
    public String self() {
      return "a";
    }
  }

  @Test
  void shouldGoOnUntilTheOthersHaveALeader() {
    electedAt = 4;
    succession(LONG).close();
    assertThat(asked).isEqualTo(4);
    assertThat(resignations).isEqualTo(1);
  }

  @Test
  void shouldNotWaitForThoseWhoCanElectNobody() {
    areEnough = false;
    succession(LONG).close();
    assertThat(asked).isEqualTo(1);
    assertThat(resignations).as("who is left may be fit").isEqualTo(1);
  }

  @Test
  void shouldGoInTheEndThoughNobodyLeads() {
    succession(Duration.ofMillis(300)).close();
    assertThat(asked).isGreaterThan(1);
    assertThat(standings.standing().leader()).isEmpty();
  }

  @Test
  void shouldHoldUpNobodyWhoDoesNotLead() {
    standings.are(new Leadership.Standing(1, false, Optional.empty()));
    succession(LONG).close();
    assertThat(resignations + asked).isZero();
  }
}
