package io.hanse.fsm.apply;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.SecretInUse;

/** Reads rows of the tables that are kept by key; one that cannot be read ends the process. */
final class Stored {
  @FunctionalInterface
  private interface Parser<R> {
    R parse(byte[] row) throws InvalidProtocolBufferException;
  }

  private Stored() {}

  static CommandResult result(byte[] row) {
    return read(row, CommandResult::parseFrom);
  }

  static SecretInUse secretInUse(byte[] row) {
    return read(row, SecretInUse::parseFrom);
  }

  private static <R> R read(byte[] row, Parser<R> parser) {
    try {
      return parser.parse(row);
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(ProblemCode.DECODE_FAILED, "a row cannot be read", e);
    }
  }
}
