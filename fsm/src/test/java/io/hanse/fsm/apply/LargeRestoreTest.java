package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.kv;
import static io.hanse.fsm.row.WriteKv.Verb.SET;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.view.Kv;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A snapshot of which most is still packed when the present state makes room for it. */
class LargeRestoreTest {
  private static final int VALUES = 80;
  private static final int VALUE_BYTES = 4 << 10;

  @Test
  void shouldReadAllPartsToTheEnd() {
    Random random = new Random(1);
    byte[] value = new byte[VALUE_BYTES];
    try (Replica old = new Replica();
        Replica young = new Replica()) {
      for (int i = 0; i < VALUES; i++) {
        random.nextBytes(value);
        old.done(kv(SET, "k" + i, new String(value, ISO_8859_1), 0));
      }
      byte[] snapshot = RestoreApplierTest.snapshot(old.machine);
      RestoreApplierTest.restore("r", snapshot, random).forEach(young::done);
      assertThat(young.machine.restores()).isEqualTo(1);
      assertThat(old.machine.restores()).isZero();

      assertThat(new Kv(young.now()).list("")).hasSize(VALUES);
      assertThat(new Kv(young.now()).list("")).isEqualTo(new Kv(old.now()).list(""));
      assertThat(young.now().size(TableId.RESTORE_CHUNKS)).isZero();
    }
  }

  /** A log of before holds a refusal, and must say the same to whoever reads it again. */
  @Test
  void shouldAnswerACommandOfBeforeAsItWasAnswered() {
    Random random = new Random(1);
    byte[] value = new byte[VALUE_BYTES];
    try (Replica replica = new Replica()) {
      for (int i = 0; i < VALUES; i++) {
        random.nextBytes(value);
        replica.done(kv(SET, "k" + i, new String(value, ISO_8859_1), 0));
      }
      byte[] snapshot = RestoreApplierTest.snapshot(replica.machine);
      List<Command.Builder> commands = RestoreApplierTest.restore("r", snapshot, random);
      Command.Builder last = commands.remove(commands.size() - 1);
      commands.forEach(replica::done);
      last.clearLevel().getCompleteRestoreBuilder().clearKeepsParts();
      assertThat(replica.submit(last).getMessage()).contains("damaged");
      assertThat(new Kv(replica.now()).list("")).hasSize(VALUES);
    }
  }

  /** What was read ahead is of no use then. */
  @Test
  void shouldTakeThePartThatWasStagedLast() {
    Random random = new Random(1);
    try (Replica old = new Replica();
        Replica young = new Replica()) {
      for (int i = 0; i < VALUES; i++) {
        old.done(kv(SET, "k" + i, "value" + random.nextLong(), 0));
      }
      List<Command.Builder> commands =
          RestoreApplierTest.restore("r", RestoreApplierTest.snapshot(old.machine), random);
      Command.Builder last = commands.remove(commands.size() - 1);
      commands.forEach(young::done);
      Command.Builder part = commands.get(1);
      ByteString content = part.getStageRestore().getContent();
      part.getStageRestoreBuilder().setContent(ByteString.copyFrom(new byte[content.size()]));
      young.done(part);
      assertThat(young.refusal(last)).contains("damaged");
      part.getStageRestoreBuilder().setContent(content);
      young.done(part);
      young.done(last);

      assertThat(new Kv(young.now()).list("")).isEqualTo(new Kv(old.now()).list(""));
    }
  }

  /** The parts were read within another quota than the one that holds at the end. */
  @Test
  void shouldMeasureByTheQuotaAtTheEnd() {
    Random random = new Random(1);
    try (Replica old = new Replica();
        Replica young = new Replica()) {
      for (int i = 0; i < VALUES; i++) {
        old.done(kv(SET, "k" + i, "value", 0));
      }
      List<Command.Builder> commands =
          RestoreApplierTest.restore("r", RestoreApplierTest.snapshot(old.machine), random);
      Command.Builder last = commands.remove(commands.size() - 1);
      young.done(quota(VALUES / 2));
      commands.forEach(young::done);
      assertThat(young.refusal(last)).contains("41 of 40 rows");
      young.done(quota(VALUES / 4));
      assertThat(young.refusal(last)).contains("21 of 20 rows");
      young.done(quota(VALUES));
      young.done(last);
      assertThat(new Kv(young.now()).list("")).isEqualTo(new Kv(old.now()).list(""));

      commands.forEach(young::done);
      young.done(quota(VALUES / 2));
      assertThat(young.refusal(last)).contains("41 of 40 rows");
    }
  }

  private static Command.Builder quota(int rows) {
    return Command.newBuilder()
        .setWriteQuota(WriteQuota.newBuilder().setRowsMax(rows).setBytesMax(1 << 20));
  }
}
