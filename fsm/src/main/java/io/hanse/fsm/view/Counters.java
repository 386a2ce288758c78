package io.hanse.fsm.view;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Counter;

/** Reads rows of the table of numbers by their names. */
final class Counters {
  private Counters() {}

  static long number(byte[] row) {
    try {
      return Counter.parseFrom(row).getNext();
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(ProblemCode.DECODE_FAILED, "a counter cannot be read", e);
    }
  }
}
