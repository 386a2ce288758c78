package io.hanse.cli.demo;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A step did not come out as told. It names the process whose log explains it best. */
final class DemoFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient @Nullable ManagedProcess witness;

  DemoFailure(String message, @Nullable ManagedProcess witness) {
    super(message);
    this.witness = witness;
  }

  Optional<ManagedProcess> witness() {
    return Optional.ofNullable(witness);
  }
}
