package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The index of each answer moves, and whoever waits is woken, exactly when it may have changed. */
class IndexTruthTest {
  private static final int COMMANDS_BEFORE = 30;
  private static final int COMMANDS = 30;
  private static final int ARCHIVED_EVERY = 7;
  private static final int RESTORED_EVERY = 10;

  /** An answer and its index, as a blocking query sees them. */
  private record Seen(Object answer, long index) {}

  /** All that can be asked at one time, and who was woken since. */
  private record Look(Map<String, Seen> rows, Map<String, Seen> parts, List<String> woken) {
    static Look at(ClusterStateMachine machine) {
      return new Look(
          look(machine, Questions.OF_ROWS),
          look(machine, Questions.OF_PARTS),
          watch(machine, Questions.OF_ROWS));
    }
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void shouldMoveTheIndexExactlyWhenTheAnswerMayHaveChanged(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands next = new RandomCommands(random);
    try (Replica replica = grown(next)) {
      Look before = Look.at(replica.machine);
      for (int i = 0; i < COMMANDS; i++) {
        before = applied(replica, next.next(), random, before);
      }
    }
  }

  /**
   * What an archive is sent in changes no answer; when it takes the place of the state, each answer
   * counts as changed, though it be the same; and from there on all is as before.
   */
  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void shouldMoveEveryIndexByARestoreAndStayTrue(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands next = new RandomCommands(random);
    try (Replica replica = grown(next)) {
      byte[] archive = RestoreApplierTest.snapshot(replica.machine);
      Look before = Look.at(replica.machine);
      for (int i = 0; i < COMMANDS; i++) {
        if (i % ARCHIVED_EVERY == 0) {
          archive = RestoreApplierTest.snapshot(replica.machine);
        }
        before =
            i % RESTORED_EVERY == RESTORED_EVERY - 1
                ? restored(replica, "r" + i, archive, random, before)
                : applied(replica, next.next(), random, before);
      }
    }
  }

  private static Replica grown(RandomCommands next) {
    Replica replica = new Replica();
    replica.done(Commands.initialize());
    for (int i = 0; i < COMMANDS_BEFORE; i++) {
      replica.submit(next.next());
    }
    return replica;
  }

  private static Look applied(
      Replica replica, Command.Builder builder, Random random, Look before) {
    Command command = builder.build();
    replica.timeMillis += random.nextInt(600_000);
    replica.submit(builder);
    Look after = Look.at(replica.machine);
    before.rows.forEach(
        (name, was) -> {
          Seen is = after.rows.get(name);
          boolean changed = !was.answer().equals(is.answer());
          Supplier<String> what = () -> name + " after " + command;
          assertThat(is.index()).as(what).isGreaterThanOrEqualTo(was.index());
          if (changed || !mayMoveMore(command)) {
            assertThat(is.index() > was.index()).as(what).isEqualTo(changed);
          }
          if (changed || !mayWakeMore(command)) {
            assertThat(before.woken.contains(name))
                .as(() -> "woken: " + what.get())
                .isEqualTo(changed);
          }
        });
    before.parts.forEach(
        (name, was) -> {
          Seen is = after.parts.get(name);
          Supplier<String> what = () -> name + " after " + command;
          assertThat(is.index()).as(what).isGreaterThanOrEqualTo(was.index());
          if (!was.answer().equals(is.answer())) {
            assertThat(is.index()).as(what).isGreaterThan(was.index());
          }
        });
    return after;
  }

  private static Look restored(
      Replica replica, String id, byte[] archive, Random random, Look before) {
    List<Command.Builder> commands = RestoreApplierTest.restore(id, archive, random);
    commands.subList(0, commands.size() - 1).forEach(replica::done);
    assertThat(look(replica.machine, Questions.OF_ROWS)).isEqualTo(before.rows);
    assertThat(look(replica.machine, Questions.OF_PARTS)).isEqualTo(before.parts);
    assertThat(before.woken).isEmpty();
    CommandResult complete = replica.done(commands.get(commands.size() - 1));
    assertThat(before.woken).containsExactlyInAnyOrderElementsOf(Questions.OF_ROWS.keySet());
    Look after = Look.at(replica.machine);
    for (Map<String, Seen> seen : List.of(after.rows, after.parts)) {
      seen.forEach((name, is) -> assertThat(is.index()).as(name).isEqualTo(complete.getIndex()));
    }
    return after;
  }

  /** To reap tombstones raises what they kept for the whole table, and wakes nobody. */
  private static boolean mayMoveMore(Command command) {
    return command.hasReapTombstones() || mayWakeMore(command);
  }

  /** Rows that come and go within one command are rows that went. */
  private static boolean mayWakeMore(Command command) {
    return command.hasRegister()
        || command.hasReconcileImport()
        || command.hasImportChanges()
        || command.hasTransact();
  }

  private static Map<String, Seen> look(
      ClusterStateMachine machine, Map<String, Function<Rows, Object>> questions) {
    Map<String, Seen> seen = new LinkedHashMap<>();
    questions.forEach(
        (name, question) -> {
          try (View view = machine.view()) {
            seen.put(name, new Seen(question.apply(view), view.readIndex()));
          }
        });
    return seen;
  }

  /** Watches all questions; the names of those that were woken. */
  private static List<String> watch(
      ClusterStateMachine machine, Map<String, Function<Rows, Object>> questions) {
    List<String> woken = new ArrayList<>();
    questions.forEach(
        (name, question) -> {
          try (View view = machine.view()) {
            assertThat(question.apply(view)).isNotNull();
            machine.watches().watch(view.reads(), view.readIndex(), () -> woken.add(name));
          }
        });
    return woken;
  }
}
