package io.hanse.fsm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StateDigestTest {
  private static final byte[] KEY = "some key".getBytes(UTF_8);
  private static final byte[] VALUE = "a value of some length".getBytes(UTF_8);

  /** Servers of different versions compare digests, and snapshots hold them. */
  @Test
  void shouldStayTheSameNumberForEver() {
    assertThat(StateDigest.ofRow(TableId.KV, KEY, 42, VALUE)).isEqualTo(2564724705500487825L);
    assertThat(StateDigest.ofFloor(TableId.KV, 42)).isEqualTo(-8999959674654974408L);
  }

  @Test
  void shouldDifferWithEachBitOfARow() {
    Set<Long> digests = new LinkedHashSet<>();
    digests.add(StateDigest.ofRow(TableId.KV, KEY, 42, VALUE));
    digests.add(StateDigest.ofRow(TableId.NODES, KEY, 42, VALUE));
    digests.add(StateDigest.ofRow(TableId.KV, KEY, 43, VALUE));
    for (int bit = 0; bit < KEY.length * 8; bit++) {
      digests.add(StateDigest.ofRow(TableId.KV, flipped(KEY, bit), 42, VALUE));
    }
    for (int bit = 0; bit < VALUE.length * 8; bit++) {
      digests.add(StateDigest.ofRow(TableId.KV, KEY, 42, flipped(VALUE, bit)));
    }
    assertThat(digests).hasSize(3 + 8 * (KEY.length + VALUE.length));
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << (bit % 8));
    return flipped;
  }
}
