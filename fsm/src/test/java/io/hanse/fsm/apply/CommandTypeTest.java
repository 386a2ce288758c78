package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.UnknownFieldSet;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTypeTest {
  private static List<FieldDescriptor> bodies() {
    return Command.getDescriptor().getOneofs().get(0).getFields();
  }

  @Test
  void shouldHaveOneRowForEachCommand() {
    assertThat(Arrays.stream(CommandType.values()).map(type -> type.body().getNumber()))
        .containsExactlyElementsOf(bodies().stream().map(FieldDescriptor::getNumber).toList());
  }

  /** Numbers in the log are for ever. A new command is a new line; no line is ever changed. */
  @Test
  void shouldKeepTheNumbersOfCommands() throws IOException {
    String tags =
        bodies().stream()
            .map(field -> field.getNumber() + " " + field.getMessageType().getFullName() + "\n")
            .reduce("", String::concat);

    try (InputStream golden = CommandTypeTest.class.getResourceAsStream("command-tags.golden")) {
      assertThat(tags).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void shouldEndTheProcessAtCommandOfNewerVersion() {
    Command newer =
        Command.newBuilder()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build())
            .build();

    try (Replica replica = new Replica()) {
      assertThatThrownBy(() -> replica.submit(newer.toBuilder()))
          .isInstanceOfSatisfying(
              ProblemException.class,
              problem -> assertThat(problem.code()).isEqualTo(ProblemCode.NEWER_FORMAT));
    }
  }

  @Test
  void shouldEndTheProcessAtCommandThatMeansMoreThanItKnows() {
    try (Replica replica = new Replica()) {
      Command.Builder newer = Commands.initialize().setLevel(CommandType.LEVEL + 1);
      assertThatThrownBy(() -> replica.submit(newer))
          .isInstanceOfSatisfying(
              ProblemException.class,
              problem -> assertThat(problem.code()).isEqualTo(ProblemCode.NEWER_FORMAT))
          .hasMessageContaining("a command of level 7, and this version understands 6")
          .hasMessageContaining("start the newer version");
    }
  }
}
