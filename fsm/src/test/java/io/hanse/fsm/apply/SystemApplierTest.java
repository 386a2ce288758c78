package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.SystemRecord;
import io.hanse.fsm.row.WriteSystemRecord;
import io.hanse.fsm.view.Autopilot;
import io.hanse.fsm.view.SystemRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SystemApplierTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private static Command.Builder record(String key, String value, int level) {
    return Command.newBuilder()
        .setWriteSystemRecord(
            WriteSystemRecord.newBuilder()
                .setRecord(
                    SystemRecord.newBuilder().setKey(key).setValue(value).setLevelMin(level)));
  }

  @Test
  void shouldHaveDefaultsUntilThereIsConfiguration() {
    assertThat(new Autopilot(replica.now()).configuration().getMaxTrailingLogs()).isEqualTo(250);
    assertThat(new Autopilot(replica.now()).stored()).isEmpty();

    replica.done(Commands.autopilot(500));

    assertThat(new Autopilot(replica.now()).configuration().getMaxTrailingLogs()).isEqualTo(500);
  }

  @Test
  void shouldWriteTheConfigurationThatWasSeen() {
    Command.Builder first = Commands.autopilot(1);
    first.getWriteAutopilotConfigurationBuilder().setHasCas(true);
    long index = replica.done(first).getIndex();
    assertThat(replica.done(first).getDone()).isFalse();

    Command.Builder second = Commands.autopilot(2);
    second.getWriteAutopilotConfigurationBuilder().setHasCas(true).setCas(index);

    assertThat(replica.done(second).getDone()).isTrue();
    assertThat(replica.done(second).getDone()).isFalse();
    assertThat(new Autopilot(replica.now()).configuration().getRaftIndex().getCreateIndex())
        .isEqualTo(index);
  }

  @Test
  void shouldKeepRecordsByKey() {
    long index = replica.done(record("feature", "on", SystemRecords.LEVEL)).getIndex();
    Command.Builder delete = record("feature", "", 0);
    delete.getWriteSystemRecordBuilder().setDelete(true).setHasCas(true).setCas(index + 1);
    assertThat(replica.done(delete).getDone()).isFalse();
    assertThat(new SystemRecords(replica.now()).record("feature"))
        .map(SystemRecord::getValue)
        .contains("on");

    delete.getWriteSystemRecordBuilder().setCas(index);

    assertThat(replica.done(delete).getDone()).isTrue();
    assertThat(new SystemRecords(replica.now()).all()).isEmpty();
  }

  @Test
  void shouldRefuseRecordsThatAreNone() {
    assertThat(replica.refusal(record("", "on", 0))).startsWith("a system record needs a key");
    assertThat(replica.refusal(record("a\0b", "on", 0))).contains("zero character");
    assertThat(replica.refusal(record("k", "x".repeat(5_000), 0))).contains("at most 4096");
  }

  /** To go on would be to diverge from the servers that know what it means. */
  @Test
  void shouldStopAtRecordOfHigherLevel() {
    assertThatThrownBy(() -> replica.submit(record("feature", "on", SystemRecords.LEVEL + 1)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.INVARIANT_BROKEN);
              assertThat(problem).hasMessageContaining("upgrade it");
            });
  }
}
