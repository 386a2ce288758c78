package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.entry;
import static io.hanse.fsm.apply.Commands.kv;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.row.WriteKv.Verb.SET;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import org.junit.jupiter.api.Test;

class CommandShapeTest {
  private static Command.Builder nested(int levels) {
    Struct config = Struct.getDefaultInstance();
    for (int i = 0; i < levels; i++) {
      config =
          Struct.newBuilder()
              .putFields("k", Value.newBuilder().setStructValue(config).build())
              .build();
    }
    ConfigEntry.Builder entry = entry(ConfigEntryKind.PROXY_DEFAULTS, "global");
    entry.getProxyDefaultsBuilder().setConfig(config);
    return Commands.write(entry);
  }

  private static ProblemCode flaw(Command.Builder command) {
    return CommandShape.flaw(command.build()).map(ProblemException::code).orElse(null);
  }

  @Test
  void shouldRefuseWhatCouldNotBeReadAgain() {
    assertThat(flaw(nested(10))).isNull();
    assertThat(flaw(nested(200))).isEqualTo(ProblemCode.INVALID_ARGUMENT);
  }

  /** Whatever passes can be applied, and the row read. */
  @Test
  void shouldApplyTheDeepestThatPasses() {
    int levels = 1;
    while (flaw(nested(levels + 1)) == null) {
      levels++;
    }
    try (Replica replica = new Replica()) {
      replica.done(nested(levels));
      replica.done(nested(levels - 1));
    }
    assertThat(levels).isBetween(15, 64);
  }

  @Test
  void shouldRefuseWhatIsTooLargeOrEmpty() {
    assertThat(flaw(kv(SET, "k", "x".repeat(1 << 20), 0))).isEqualTo(ProblemCode.TOO_LARGE);
    assertThat(flaw(Command.newBuilder())).isEqualTo(ProblemCode.INVALID_ARGUMENT);
    assertThat(flaw(kv(SET, "k", "v", 0))).isNull();
  }

  @Test
  void shouldRefuseNamesThatWouldEndTheirKey() {
    try (Replica replica = new Replica()) {
      String text = "a name may not contain a zero character";
      assertThat(replica.refusal(register(node("n\0")))).isEqualTo(text);
      assertThat(replica.refusal(register(node("n"), service("w", "i\0")))).isEqualTo(text);
    }
  }
}
