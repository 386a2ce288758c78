package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.kv;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.row.WriteKv.Verb.DELETE;
import static io.hanse.fsm.row.WriteKv.Verb.DELETE_TREE;
import static io.hanse.fsm.row.WriteKv.Verb.SET;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.TableId;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class QuotaApplierTest {
  private static Command.Builder quota(long rows, long bytes) {
    return Command.newBuilder()
        .setWriteQuota(WriteQuota.newBuilder().setRowsMax(rows).setBytesMax(bytes));
  }

  @Test
  void shouldRefuseOneRowTooManyAndTakeDeletionsAlways() {
    try (Replica replica = new Replica()) {
      replica.done(quota(3, 1_000));
      for (int i = 0; i < 3; i++) {
        replica.done(kv(SET, "k" + i, "v", 0));
      }
      CommandResult refused = replica.submit(kv(SET, "k3", "v", 0));
      assertThat(Replica.problem(refused)).isEqualTo(ProblemCode.QUOTA_EXCEEDED);
      assertThat(refused.getMessage()).startsWith("the state is full: 3 of 3 rows, ");
      replica.done(kv(SET, "k2", "x", 0));

      replica.done(quota(1, 10));
      assertThat(replica.refusal(kv(SET, "k2", "longer", 0))).contains("of 10 bytes");
      replica.done(kv(DELETE, "k0", "", 0));
      replica.done(kv(DELETE_TREE, "k", "", 0));
      replica.done(quota(3, 1_000));
      replica.done(kv(SET, "k3", "v", 0));
    }
  }

  @Test
  void shouldBeginWithTheQuotaThatANewClusterIsGiven() {
    try (Replica young = new Replica();
        Replica old = new Replica();
        Replica told = new Replica()) {
      Command.Builder initialize = Commands.initialize();
      old.done(initialize.clone());
      initialize
          .setLevel(3)
          .getInitializeClusterBuilder()
          .getQuotaBuilder()
          .setRowsMax(1)
          .setBytesMax(1_000);
      young.done(initialize.clone());
      told.done(quota(2, 1_000));
      told.done(initialize);
      for (Replica replica : List.of(young, old, told)) {
        replica.done(kv(SET, "one", "v", 0));
      }
      assertThat(young.refusal(kv(SET, "two", "v", 0))).contains("1 of 1 rows");
      told.done(kv(SET, "two", "v", 0));
      assertThat(told.refusal(kv(SET, "three", "v", 0))).contains("2 of 2 rows");
      old.done(kv(SET, "two", "v", 0));
      assertThat(old.now().size(TableId.QUOTA)).isZero();
    }
  }

  @Test
  void shouldLetADeadInstanceTurnCriticalInAFullState() {
    try (Replica replica = new Replica()) {
      replica.done(kv(SET, "ballast", "b".repeat(2_000), 0));
      replica.done(register(node("n1"), service("web", "web"), check("alive", "web", "passing")));
      long full = replica.now().countedBytes();
      replica.done(quota(100, full));
      assertThat(replica.refusal(kv(SET, "more", "v", 0))).contains("the state is full");
      assertThat(replica.refusal(kv(SET, "ballast", "b".repeat(2_100), 0))).contains("is full");

      replica.done(
          register(node("n1"), check("alive", "web", "critical").setOutput("o".repeat(80))));
      assertThat(replica.now().countedBytes()).isGreaterThan(full);
      assertThat(
              replica.refusal(
                  register(
                      node("n1"), check("alive", "web", "critical").setOutput("o".repeat(900)))))
          .contains("the state is full");
    }
  }

  @Test
  void shouldRefuseQuotasThatNoServerCouldKeep() {
    try (Replica replica = new Replica()) {
      assertThat(replica.refusal(quota(0, 1))).contains("rows must be from 1");
      assertThat(replica.refusal(quota(1, StoreSettings.QUOTA_BYTES_MAX + 1)))
          .contains("bytes must be from 1");
    }
  }

  /** At the same entry on every server, also on one with other built-in bounds. */
  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void shouldRefuseAtTheSameEntryEverywhere(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands next = new RandomCommands(random);
    try (Replica replica = new Replica();
        ClusterStateMachine other =
            new ClusterStateMachine(
                new Store(StoreSettings.defaults().withQuota(100_000, 1 << 20), Runnable::run))) {
      for (int i = 0; i < 150; i++) {
        Command.Builder command =
            random.nextInt(20) == 0
                ? quota(1 + random.nextInt(20), 1 + random.nextInt(2_000))
                : next.next();
        replica.submit(command);
      }
      // Whatever came before: a new row never fits into one byte.
      replica.submit(quota(1, 1));
      assertThat(replica.submit(kv(SET, "full", "no room", 0)).getProblem())
          .isEqualTo(ProblemCode.QUOTA_EXCEEDED.number());
      for (int i = 0; i < replica.log.size(); i++) {
        other.apply(i + 1, replica.log.get(i));
      }
      assertThat(other.digest()).isEqualTo(replica.machine.digest());
    }
  }
}
