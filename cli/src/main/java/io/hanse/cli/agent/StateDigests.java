package io.hanse.cli.agent;

import com.google.protobuf.ByteString;
import io.hanse.fsm.apply.ClusterStateMachine;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Tells other servers the digest of this one's state after the entry of the log that they name:
 * eight bytes, or none while it is not applied or if it was too long ago.
 */
final class StateDigests implements Function<ByteString, CompletableFuture<ByteString>> {
  private final ClusterStateMachine state;

  StateDigests(ClusterStateMachine state) {
    this.state = state;
  }

  @Override
  public CompletableFuture<ByteString> apply(ByteString question) {
    long logIndex = question.asReadOnlyByteBuffer().getLong();
    OptionalLong digest =
        state.appliedIndex() < logIndex ? OptionalLong.empty() : state.digestAt(logIndex);
    return CompletableFuture.completedFuture(
        digest.isPresent()
            ? ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, digest.getAsLong()))
            : ByteString.EMPTY);
  }
}
