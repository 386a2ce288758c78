package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.exchange;
import static io.hanse.fsm.apply.Commands.generate;
import static io.hanse.fsm.apply.TokenCommands.remembering;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.TokenFates;
import io.hanse.fsm.view.TokenFates.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tokens whose commands come to the log late, or again, as those of a leader that is lost. */
class NumberedTokensTest {
  private static final int SCHEDULES = 300;
  private static final int STEPS = 30;

  private record Sent(Command.Builder command, String establishment, long number) {}

  private static PeeringSecrets secrets(Replica replica) {
    return new Peerings(replica.now())
        .secrets("id-west")
        .orElse(PeeringSecrets.getDefaultInstance());
  }

  private static Sent token(String establishment, long number) {
    Command.Builder command = remembering(generate(acceptor("west"), establishment)).setLevel(6);
    command.getWritePeeringBuilder().getGenerateBuilder().setNumber(number);
    return new Sent(command, establishment, number);
  }

  @Test
  void shouldLetTheNewestTokenWinWhateverComesLate() {
    for (int seed = 0; seed < SCHEDULES; seed++) {
      Replica replica = new Replica();
      try {
        run(replica, new Random(seed), "seed " + seed);
      } finally {
        replica.close();
      }
    }
  }

  /** A leader makes a token, or is lost amid it; what was sent comes again; tokens are redeemed. */
  private static void run(Replica replica, Random random, String seed) {
    List<Sent> all = new ArrayList<>();
    String newest = "";
    long handedOut = 0;
    for (int step = 0; step < STEPS; step++) {
      Sent made = token("e" + step, secrets(replica).getTokenNumber() + 1);
      switch (random.nextInt(4)) {
        case 0 -> {
          all.add(made);
          replica.done(made.command());
          newest = made.establishment();
          handedOut = made.number();
        }
        case 1 -> all.add(made);
        case 2 -> {
          Sent again = all.isEmpty() ? made : all.get(random.nextInt(all.size()));
          CommandResult result = replica.submit(again.command());
          if (result.getProblem() == 0) {
            assertThat(again.number()).as(seed).isGreaterThan(handedOut);
            newest = again.establishment();
            handedOut = again.number();
          } else {
            assertThat(Replica.problem(result)).as(seed).isEqualTo(ProblemCode.CONFLICT);
          }
        }
        default -> replica.submit(remembering(exchange("id-west", newest, "p" + step, "")));
      }
      PeeringSecrets now = secrets(replica);
      assertThat(now.getTokenNumber()).as(seed).isEqualTo(handedOut);
      if (!newest.isEmpty()) {
        assertThat(TokenFates.of(now, newest, replica.timeMillis))
            .as(seed)
            .isIn(Fate.GOOD, Fate.REDEEMED)
            .isEqualTo(TokenFates.newest(now, replica.timeMillis));
      }
    }
  }

  @Test
  void shouldNotMakeARedeemedTokenGoodAgain() {
    try (Replica replica = new Replica()) {
      Sent token = token("e1", 1);
      replica.done(token.command());
      replica.done(remembering(exchange("id-west", "e1", "p1", "")));
      assertThat(replica.refusal(token.command()))
          .isEqualTo("a newer token of the peering was generated meanwhile, retry the operation");
      assertThat(secrets(replica).getEstablishment()).isEmpty();
    }
  }

  /** As of a log that was written before, and amid an upgrade. */
  @Test
  void shouldTakeATokenWithoutANumberAsEver() {
    try (Replica replica = new Replica()) {
      replica.done(token("e1", 1).command());
      replica.done(token("e2", 0).command());
      assertThat(secrets(replica).getEstablishment()).isEqualTo("e2");
      replica.done(token("e3", 2).command());
      assertThat(secrets(replica).getEstablishment()).isEqualTo("e3");
    }
  }
}
