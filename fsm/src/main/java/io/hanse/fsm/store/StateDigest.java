package io.hanse.fsm.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The digest of the content: the sum of a hash over each row, so that a change costs the hash of
 * what it takes away and of what it adds. Equal states have equal digests, whatever the trees look
 * like; it finds replicas that disagree and files that were damaged, not forgeries.
 */
final class StateDigest {
  private static final long MULTIPLIER_A = 0x9E3779B97F4A7C15L;
  private static final long MULTIPLIER_B = 0xC2B2AE3D27D4EB4FL;

  /** The order of bytes is part of what the digest is. */
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

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
    int at = 0;
    for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
      hash = step(hash ^ (long) LONGS.get(bytes, at));
    }
    for (; at < bytes.length; at++) {
      hash = step(hash ^ (bytes[at] & 0xff));
    }
    return hash;
  }

  private static long step(long number) {
    long hash = number * MULTIPLIER_A;
    return hash ^ (hash >>> 32);
  }

  private static long mix(long number) {
    long hash = (number ^ (number >>> 30)) * MULTIPLIER_B;
    hash = (hash ^ (hash >>> 27)) * MULTIPLIER_A;
    return hash ^ (hash >>> 31);
  }
}
