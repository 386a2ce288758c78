package io.hanse.fsm.apply;

import com.google.protobuf.CodedInputStream;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Command.BodyCase;
import java.io.IOException;
import java.util.Optional;

/**
 * What a command must be before it is brought to the log, whoever made it: one that no server could
 * read again would end them all, at each start anew.
 */
public final class CommandShape {
  /** Far below what the reader of the log and of rows allows (100), as they wrap commands. */
  private static final int DEPTH_MAX = 64;

  private CommandShape() {}

  /** Why the command must not be submitted. */
  public static Optional<ProblemException> flaw(Command command) {
    int size = command.getSerializedSize();
    if (size > ClusterStateMachine.COMMAND_BYTES_MAX) {
      return Optional.of(
          new ProblemException(
              ProblemCode.TOO_LARGE,
              "a command of "
                  + size
                  + " bytes is too large, at most "
                  + ClusterStateMachine.COMMAND_BYTES_MAX
                  + " are; write less at once"));
    }
    CodedInputStream in = CodedInputStream.newInstance(command.toByteArray());
    in.setRecursionLimit(DEPTH_MAX);
    try {
      Command.Builder read = Command.newBuilder().mergeFrom(in);
      return read.getBodyCase() == BodyCase.BODY_NOT_SET
          ? Optional.of(
              new ProblemException(ProblemCode.INVALID_ARGUMENT, "the command says nothing"))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          new ProblemException(
              ProblemCode.INVALID_ARGUMENT,
              "the command is nested too deeply, more than " + DEPTH_MAX + " messages",
              e));
    }
  }
}
