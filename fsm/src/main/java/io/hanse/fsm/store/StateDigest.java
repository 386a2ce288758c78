package io.hanse.fsm.store;

/**
 * The digest of the content: the sum of a hash over each row, so that a change costs the hash of
 * what it takes away and of what it adds. Equal states have equal digests, whatever the trees look
 * like; it finds replicas that disagree and files that were damaged, not forgeries.
 */
final class StateDigest {
  private static final long MULTIPLIER_A = 0x9E3779B97F4A7C15L;
  private static final long MULTIPLIER_B = 0xC2B2AE3D27D4EB4FL;

  private StateDigest() {}

  static long ofRow(TableId table, byte[] key, long modifyIndex, byte[] value) {
    long hash = mix((table.number() * MULTIPLIER_A) ^ modifyIndex);
    hash = mix(hash + over(key) * MULTIPLIER_B);
    return mix(hash + over(value) * MULTIPLIER_A);
  }

  static long ofFloor(TableId table, long floor) {
    return floor == 0 ? 0 : mix(mix(table.number() * MULTIPLIER_B + 1) ^ floor);
  }

  private static long over(byte[] bytes) {
    long hash = bytes.length;
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xff)) * MULTIPLIER_A;
      hash ^= (hash >>> 32);
    }
    return hash;
  }

  private static long mix(long number) {
    long hash = (number ^ (number >>> 30)) * MULTIPLIER_B;
    hash = (hash ^ (hash >>> 27)) * MULTIPLIER_A;
    return hash ^ (hash >>> 31);
  }
}
