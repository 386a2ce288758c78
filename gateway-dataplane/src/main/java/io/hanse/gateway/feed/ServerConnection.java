package io.hanse.gateway.feed;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.util.Optional;

/**
 * The channel to the server of the moment, owned from when it is made until it is given up, however
 * far its user has come with it. Safe from any thread: a proxy that stops does not wait for the
 * loop that dials.
 */
final class ServerConnection implements AutoCloseable {
  /** Makes a channel. */
  @FunctionalInterface
  interface Opening {
    ManagedChannel open() throws IOException;
  }

  private Optional<ManagedChannel> channel = Optional.empty();
  private boolean isClosed;

  synchronized Optional<ManagedChannel> channel() {
    return channel;
  }

  /** A channel in the place of the last one; none once this is closed. */
  synchronized Optional<ManagedChannel> open(Opening opening) throws IOException {
    giveUp();
    if (!isClosed) {
      channel = Optional.of(opening.open());
    }
    return channel;
  }

  synchronized void giveUp() {
    channel.ifPresent(ManagedChannel::shutdownNow);
    channel = Optional.empty();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    giveUp();
  }
}
