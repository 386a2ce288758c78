package io.hanse.raft.ratis;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.BatchResult;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * Carries what a batch came to from the state machine to the submitter of the same process as it
 * is: it becomes bytes only if somebody asks for them.
 */
record ResultMessage(BatchResult result) implements Message {
  @Override
  public ByteString getContent() {
    return UnsafeByteOperations.unsafeWrap(result.toByteArray());
  }

  static BatchResult resultIn(Message message) {
    if (message instanceof ResultMessage own) {
      return own.result;
    }
    try {
      return BatchResult.parseFrom(message.getContent().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(
          ProblemCode.COMMIT_UNKNOWN, "what a batch came to cannot be read", e);
    }
  }
}
