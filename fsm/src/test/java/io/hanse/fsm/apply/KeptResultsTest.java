package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.kv;
import static io.hanse.fsm.row.WriteKv.Verb.CAS;
import static io.hanse.fsm.row.WriteKv.Verb.SET;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.ExpireClients;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.row.SubmittingClient;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Servers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptResultsTest {
  private static final long HALF_AN_HOUR = 30 * 60 * 1000L;

  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private static Entry entry(long client, long sequence, long ackedBelow, Command.Builder command) {
    return Entry.newBuilder()
        .setClient(client)
        .setSequence(sequence)
        .setAckedBelow(ackedBelow)
        .setCommand(command)
        .build();
  }

  private CommandResult apply(long client, long sequence, long ackedBelow, String value) {
    return replica.apply(entry(client, sequence, ackedBelow, kv(SET, "k", value, 0))).getResults(0);
  }

  private String value() {
    return new Kv(replica.now()).get("k").orElseThrow().getValue().toStringUtf8();
  }

  private static Entry expire(long unusedSince) {
    return Entry.newBuilder()
        .setCommand(
            Command.newBuilder()
                .setExpireClients(ExpireClients.newBuilder().setUnusedSinceMillis(unusedSince)))
        .build();
  }

  @Test
  void shouldAnswerRepeatedCommandWithTheResultItHad() {
    long client = replica.register();
    CommandResult first = apply(client, 1, 0, "a");
    apply(client, 2, 0, "b");

    assertThat(apply(client, 1, 0, "a")).isEqualTo(first);
    assertThat(value()).isEqualTo("b");
  }

  @Test
  void shouldAnswerRepeatWithinOneBatch() {
    long client = replica.register();
    Entry create = entry(client, 1, 0, kv(CAS, "k", "a", 0));

    BatchResult results = replica.apply(create, create);

    assertThat(results.getResults(0).getDone()).isTrue();
    assertThat(results.getResults(1)).isEqualTo(results.getResults(0));
  }

  @Test
  void shouldAnswerRepeatedRefusalAlike() {
    long client = replica.register();
    Entry refused = entry(client, 1, 0, kv(SET, "", "a", 0));

    CommandResult first = replica.apply(refused).getResults(0);

    assertThat(first.getProblem()).isEqualTo(ProblemCode.INVALID_ARGUMENT.number());
    assertThat(replica.apply(refused).getResults(0)).isEqualTo(first);
  }

  @Test
  void shouldTakeOneIndexForEachCommandWhateverCameOfIt() {
    long client = replica.register();
    long before = replica.machine.publicIndex();

    replica.apply(
        entry(client, 1, 0, kv(SET, "k", "a", 0)),
        entry(client, 1, 0, kv(SET, "k", "a", 0)),
        entry(client, 2, 0, kv(SET, "", "a", 0)),
        entry(999, 1, 0, kv(SET, "k", "a", 0)));

    assertThat(replica.machine.publicIndex()).isEqualTo(before + 4);
  }

  @Test
  void shouldNotKnowWhatWasAcknowledged() {
    long client = replica.register();
    apply(client, 1, 0, "a");
    apply(client, 2, 2, "b");

    CommandResult late = apply(client, 1, 0, "c");

    assertThat(Replica.problem(late)).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
    assertThat(value()).isEqualTo("b");
    assertThat(replica.now().size(TableId.CLIENT_RESULTS)).isEqualTo(1);
  }

  @Test
  void shouldNotApplyForClientsThatAreUnknown() {
    assertThat(Replica.problem(apply(7, 1, 0, "a"))).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
    assertThat(Replica.problem(apply(0, 1, 0, "a"))).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
    assertThat(new Kv(replica.now()).get("k")).isEmpty();
  }

  @Test
  void shouldLeaveTheSameStateWhetherCommandsShareAnEntryOrNot() {
    long client = replica.register();
    long other = replica.register();
    Entry[] entries = {
      entry(client, 1, 0, kv(SET, "k", "a", 0)),
      entry(client, 2, 0, kv(CAS, "k", "b", 1)),
      entry(other, 1, 1, kv(SET, "l", "a", 0)),
      entry(client, 3, 2, kv(SET, "k", "c", 0)),
      entry(client, 1, 2, kv(SET, "k", "d", 0)),
      entry(client, 4, 3, kv(CAS, "m", "a", 7)),
      expire(Long.MAX_VALUE),
      entry(other, 3, 3, kv(SET, "l", "b", 0)),
      entry(client, 5, 3, kv(SET, "k", "e", 0))
    };
    replica.timeMillis += HALF_AN_HOUR + 1;

    try (Replica apart = new Replica()) {
      apart.register();
      apart.register();
      apart.timeMillis = replica.timeMillis;
      BatchResult together = replica.apply(entries);
      for (int i = 0; i < entries.length; i++) {
        assertThat(apart.apply(entries[i]).getResults(0)).isEqualTo(together.getResults(i));
      }

      assertThat(replica.machine.digest()).isEqualTo(apart.machine.digest());
      assertThat(replica.now().size(TableId.CLIENTS)).isEqualTo(2);
      assertThat(replica.now().size(TableId.CLIENT_RESULTS)).isEqualTo(4);
    }
  }

  @Test
  void shouldExpireClientsThatAreNotUsed() {
    long idle = replica.register();
    apply(idle, 1, 0, "a");
    replica.timeMillis += HALF_AN_HOUR + 1;
    long busy = replica.register();

    replica.apply(expire(Long.MAX_VALUE));

    assertThat(new Servers(replica.now()).clients())
        .extracting(SubmittingClient::getId)
        .containsExactly(busy);
    assertThat(replica.now().size(TableId.CLIENT_RESULTS)).isZero();
    assertThat(Replica.problem(apply(idle, 1, 0, "a"))).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
  }

  @Test
  void shouldNotExpireClientThatWasUsedSince() {
    long client = replica.register();
    replica.timeMillis += HALF_AN_HOUR - 1;
    apply(client, 1, 0, "a");
    replica.timeMillis += HALF_AN_HOUR - 60_000;

    replica.apply(expire(Long.MAX_VALUE));

    assertThat(new Servers(replica.now()).clients()).hasSize(1);
  }

  @Test
  void shouldBoundWhatOneClientHasOpen() {
    long client = replica.register();

    assertThat(Replica.problem(apply(client, KeptResults.RESULTS_MAX, 0, "a")))
        .isEqualTo(ProblemCode.OVERLOADED);
    assertThat(apply(client, KeptResults.RESULTS_MAX, 1, "a").getProblem()).isZero();
  }

  @Test
  void shouldBoundTheNumberOfClients() {
    Entry[] registrations = new Entry[ClientApplier.CLIENTS_MAX + 1];
    for (int i = 0; i < registrations.length; i++) {
      registrations[i] =
          Entry.newBuilder()
              .setCommand(Command.newBuilder().setRegisterClient(RegisterClient.newBuilder()))
              .build();
    }

    BatchResult results = replica.apply(registrations);

    assertThat(results.getResultsList().subList(0, ClientApplier.CLIENTS_MAX))
        .allMatch(result -> result.getProblem() == 0);
    assertThat(Replica.problem(results.getResults(ClientApplier.CLIENTS_MAX)))
        .isEqualTo(ProblemCode.OVERLOADED);
  }

  @Test
  void shouldNotLetTheClockGoBack() {
    replica.register();
    long time = replica.machine.timeMillis();
    replica.timeMillis -= 1_000;

    replica.register();

    assertThat(replica.machine.timeMillis()).isEqualTo(time);
  }

  @Test
  void shouldRefuseCommandThatIsTooLarge() {
    assertThat(replica.refusal(kv(SET, "k", "x".repeat(1 << 20), 0))).contains("is too large");
    replica.done(kv(SET, "k", "x".repeat(512 * 1024), 0));
  }
}
