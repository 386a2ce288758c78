package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.createSession;
import static io.hanse.fsm.apply.Commands.destroy;
import static io.hanse.fsm.apply.Commands.endOf;
import static io.hanse.fsm.apply.Commands.kv;
import static io.hanse.fsm.apply.Commands.lock;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.operation;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.session;
import static io.hanse.fsm.apply.Commands.transact;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.KvOperation;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Sessions;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * What a holder of a lock may rely on when it shows its lock's numbers to others: a later holder
 * has larger ones, and whoever is shown as the holder lives.
 */
class LockFencingTest {
  private static final int COMMANDS = 150;
  private static final String KEY = "lock";

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void shouldFence(@ForAll long seed) {
    Random random = new Random(seed);
    try (Replica replica = new Replica()) {
      replica.done(register(node("n1"), check("serfHealth", "", "passing")));
      KvEntry before = KvEntry.getDefaultInstance();
      String lastHolder = "";
      for (int i = 0; i < COMMANDS; i++) {
        replica.timeMillis += random.nextInt(8_000);
        Command.Builder command = next(random);
        long index = replica.submit(command).getIndex();
        Optional<KvEntry> found = new Kv(replica.now()).get(KEY);
        if (found.isPresent()) {
          requireLater(before, found.get(), index, lastHolder);
          before = found.get();
        }
        String holder = found.map(KvEntry::getSession).orElse("");
        if (!holder.isEmpty()) {
          assertThat(new Sessions(replica.now()).session(holder)).as("holder").isPresent();
          lastHolder = holder;
        }
      }
    }
  }

  private static void requireLater(KvEntry before, KvEntry now, long index, String lastHolder) {
    long madeBefore = before.getRaftIndex().getCreateIndex();
    long made = now.getRaftIndex().getCreateIndex();
    assertThat(made).isGreaterThanOrEqualTo(madeBefore);
    if (made == madeBefore) {
      assertThat(now.getLockIndex()).isGreaterThanOrEqualTo(before.getLockIndex());
      boolean isNewHolder = !now.getSession().isEmpty() && !now.getSession().equals(lastHolder);
      if (isNewHolder) {
        assertThat(now.getLockIndex()).isGreaterThan(before.getLockIndex());
      }
    }
    boolean isSame = now.equals(before);
    assertThat(now.getRaftIndex().getModifyIndex())
        .isEqualTo(isSame ? before.getRaftIndex().getModifyIndex() : index);
  }

  private static Command.Builder next(Random random) {
    String session = "s" + random.nextInt(3);
    String value = "v" + random.nextInt(3);
    return switch (random.nextInt(11)) {
      case 0, 1 ->
          createSession(
              session(session, "n1")
                  .addNodeChecks("serfHealth")
                  .setBehavior(random.nextBoolean() ? "delete" : "release")
                  .setLockDelay(Duration.newBuilder().setSeconds(random.nextInt(2) * 15L)));
      case 2 -> destroy(session);
      case 3, 4, 5 -> lock(WriteKv.Verb.LOCK, KEY, session);
      case 6 -> lock(WriteKv.Verb.UNLOCK, KEY, session);
      case 7 -> kv(random.nextInt(4) == 0 ? WriteKv.Verb.DELETE : WriteKv.Verb.SET, KEY, value, 0);
      case 8 ->
          transact(
              operation(KvOperation.Verb.UNLOCK, KEY, session, 0),
              operation(KvOperation.Verb.LOCK, KEY, "s" + random.nextInt(3), 0));
      case 9 -> transact(endOf(session), operation(KvOperation.Verb.LOCK, KEY, "s0", 0));
      default ->
          register(
              node("n1"), check("serfHealth", "", random.nextInt(3) == 0 ? "critical" : "passing"));
    };
  }
}
