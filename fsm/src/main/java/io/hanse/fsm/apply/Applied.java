package io.hanse.fsm.apply;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;

/**
 * What came of a command that was not refused; a refusal is a {@link
 * io.hanse.fsm.error.ProblemException} and leaves no trace in the rows.
 *
 * @param done whether a conditional command took place; true for all others
 * @param payload what the command's definition says
 */
record Applied(boolean done, ByteString payload) {
  static final Applied DONE = new Applied(true, ByteString.EMPTY);
  static final Applied NOT_DONE = new Applied(false, ByteString.EMPTY);

  static Applied when(boolean done) {
    return done ? DONE : NOT_DONE;
  }

  static Applied answering(String payload) {
    return new Applied(true, ByteString.copyFromUtf8(payload));
  }

  static Applied answering(long number) {
    return new Applied(
        true, ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, number)));
  }
}
