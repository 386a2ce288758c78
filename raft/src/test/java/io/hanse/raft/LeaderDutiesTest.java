package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.Leadership.Standing;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Server;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaderDutiesTest {
  private static final Server SELF = Server.newBuilder().setRaftId("self").build();

  private final List<Command> submitted = new ArrayList<>();
  private final Queue<Error> errors = new ArrayDeque<>();
  private CompletableFuture<CommandResult> answer = new CompletableFuture<>();
  private final LeaderStanding standing =
      new LeaderStanding("self", () -> new Standing(1, true, Optional.of("self")), Runnable::run);
  private final CommandSubmitter submitter =
      command -> {
        if (!errors.isEmpty()) {
          throw errors.remove();
        }
        submitted.add(command);
        return answer;
      };
  private final LeaderDuties duties =
      new LeaderDuties(SELF, RaftSettings.Timing.defaults(), standing, submitter, () -> 0);

  @BeforeEach
  void lead() {
    standing.refresh();
  }

  @Test
  void shouldAnnounceItselfUntilThatIsWritten() {
    duties.announce();
    duties.announce();
    assertThat(submitted).hasSize(1);
    answer.completeExceptionally(Problems.noLeader());
    answer = CompletableFuture.completedFuture(CommandResult.getDefaultInstance());
    duties.announce();
    duties.announce();
    assertThat(submitted).hasSize(2);
  }

  /** Else no other server would ever read of it in the state. */
  @Test
  void shouldAnnounceItselfAgainAfterAnError() {
    errors.add(new NoClassDefFoundError("a class that nobody missed"));
    assertThatThrownBy(duties::announce).isInstanceOf(NoClassDefFoundError.class);
    duties.announce();
    assertThat(submitted).hasSize(1);
  }
}
