package io.hanse.fsm.acl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** BLAKE2b without a key and with 32 bytes of output (RFC 7693), which the JDK lacks. */
final class Blake2b {
  private static final int OUTPUT_BYTES = 32;
  private static final int BLOCK_BYTES = 128;
  private static final int ROUNDS = 12;
  private static final long[] INITIAL = {
    0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
    0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L
  };

  /** The order in which each round takes the words of a block; two rounds use the first again. */
  private static final int[][] SIGMA = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}
  };

  private final long[] state = INITIAL.clone();
  private final byte[] block = new byte[BLOCK_BYTES];
  private int filled;

  /** Of texts, which are shorter than 2^63 bytes: the upper half of the counter stays zero. */
  private long count;

  Blake2b() {
    // Of the parameters: no key, one tree of one node.
    state[0] ^= 0x01010000L ^ OUTPUT_BYTES;
  }

  void update(byte[] bytes) {
    for (byte one : bytes) {
      if (filled == BLOCK_BYTES) {
        count += BLOCK_BYTES;
        compress(false);
        filled = 0;
      }
      block[filled++] = one;
    }
  }

  /** Ends it. */
  byte[] sum() {
    count += filled;
    while (filled < BLOCK_BYTES) {
      block[filled++] = 0;
    }
    compress(true);
    ByteBuffer out = ByteBuffer.allocate(Long.BYTES * state.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long word : state) {
      out.putLong(word);
    }
    byte[] sum = new byte[OUTPUT_BYTES];
    out.get(0, sum);
    return sum;
  }

  private void compress(boolean isLast) {
    long[] words = new long[16];
    ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
    long[] v = new long[16];
    System.arraycopy(state, 0, v, 0, 8);
    System.arraycopy(INITIAL, 0, v, 8, 8);
    v[12] ^= count;
    if (isLast) {
      v[14] = ~v[14];
    }
    for (int round = 0; round < ROUNDS; round++) {
      int[] order = SIGMA[round % SIGMA.length];
      mix(v, 0, 4, 8, 12, words[order[0]], words[order[1]]);
      mix(v, 1, 5, 9, 13, words[order[2]], words[order[3]]);
      mix(v, 2, 6, 10, 14, words[order[4]], words[order[5]]);
      mix(v, 3, 7, 11, 15, words[order[6]], words[order[7]]);
      mix(v, 0, 5, 10, 15, words[order[8]], words[order[9]]);
      mix(v, 1, 6, 11, 12, words[order[10]], words[order[11]]);
      mix(v, 2, 7, 8, 13, words[order[12]], words[order[13]]);
      mix(v, 3, 4, 9, 14, words[order[14]], words[order[15]]);
    }
    for (int i = 0; i < 8; i++) {
      state[i] ^= v[i] ^ v[i + 8];
    }
  }

  private static void mix(long[] v, int a, int b, int c, int d, long x, long y) {
    v[a] = v[a] + v[b] + x;
    v[d] = Long.rotateRight(v[d] ^ v[a], 32);
    v[c] = v[c] + v[d];
    v[b] = Long.rotateRight(v[b] ^ v[c], 24);
    v[a] = v[a] + v[b] + y;
    v[d] = Long.rotateRight(v[d] ^ v[a], 16);
    v[c] = v[c] + v[d];
    v[b] = Long.rotateRight(v[b] ^ v[c], 63);
  }
}
