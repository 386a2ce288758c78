package io.hanse.identity;

import java.time.Instant;
import java.util.random.RandomGenerator;

/** When a leaf is replaced: at a random point, so that not all ask at once. */
final class Renewal {
  static final double EARLIEST = 0.6;
  static final double LATEST = 0.9;

  private Renewal() {}

  static Instant pick(Leaf leaf, RandomGenerator random) {
    return leaf.at(EARLIEST + random.nextDouble() * (LATEST - EARLIEST));
  }
}
