package io.hanse.peering.transport;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what comes on a stream that this end opened, message or not, as it comes. */
public final class ReceivedBytes extends ClientStreamTracer.Factory {
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong messages = new AtomicLong();

  public long count() {
    return bytes.get();
  }

  /** Those that are whole. */
  public long messages() {
    return messages.get();
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo stream, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void inboundWireSize(long more) {
        bytes.addAndGet(more);
      }

      @Override
      public void inboundMessageRead(int sequence, long wireBytes, long bytesRead) {
        messages.incrementAndGet();
      }
    };
  }
}
