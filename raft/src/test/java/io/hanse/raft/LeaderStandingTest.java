package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.port.Leadership.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaderStandingTest {
  private static final Standing LEADING = new Standing(3, true, Optional.of("self"));

  private Standing now = new Standing(2, false, Optional.empty());
  private final LeaderStanding standing = new LeaderStanding("self", () -> now, Runnable::run);

  @Test
  void shouldTellEverybodyThoughOneOfThemFails() {
    List<Standing> heard = new ArrayList<>();
    standing.onChange(
        changed -> {
          throw new IllegalStateException("a mistake");
        });
    standing.onChange(
        changed -> {
          throw new NoClassDefFoundError("a class that nobody missed");
        });
    standing.onChange(heard::add);
    heard.clear();

    now = LEADING;
    standing.refresh();
    standing.refresh();
    assertThat(heard).containsExactly(LEADING);
  }
}
