package io.hanse.peering.transport;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** The real time, and as much later as a test says. */
final class ShiftedClock implements InstantSource {
  private final AtomicReference<Duration> shift = new AtomicReference<>(Duration.ZERO);

  void pass(Duration time) {
    shift.updateAndGet(time::plus);
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(shift.get());
  }
}
