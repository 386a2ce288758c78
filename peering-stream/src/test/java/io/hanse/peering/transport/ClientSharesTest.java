package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientSharesTest {
  private static final InetSocketAddress ONE = new InetSocketAddress("10.0.0.1", 1);
  private static final InetSocketAddress OTHER = new InetSocketAddress("10.0.0.2", 1);

  private final List<String> lines = new ArrayList<>();
  private long nowMillis;

  private ClientShares shares(int max, int perClientMax) {
    return new ClientShares("calls", max, perClientMax, () -> nowMillis, lines::add);
  }

  @Test
  void shouldGiveEachAddressItsPart() {
    ClientShares shares = shares(10, 2);
    ClientShares.Share first = shares.take(ONE).orElseThrow();
    assertThat(shares.take(ONE)).isPresent();
    assertThat(shares.take(ONE)).isEmpty();
    assertThat(shares.take(OTHER)).isPresent();
    first.giveBack();
    first.giveBack();
    assertThat(shares.take(ONE)).isPresent();
    assertThat(shares.take(ONE)).isEmpty();
  }

  @Test
  void shouldNotCountWhoIsKnownAmongThoseOfItsAddress() {
    ClientShares shares = shares(4, 1);
    ClientShares.Share first = shares.take(ONE).orElseThrow();
    first.known();
    first.known();
    ClientShares.Share second = shares.take(ONE).orElseThrow();
    assertThat(shares.take(ONE)).isEmpty();
    first.giveBack();
    assertThat(shares.take(ONE)).as("it had given back its part already").isEmpty();
    second.giveBack();
    assertThat(shares.take(ONE)).isPresent();
  }

  @Test
  void shouldBoundAllTogether() {
    ClientShares shares = shares(2, 0);
    shares.take(ONE).orElseThrow().known();
    assertThat(shares.take(ONE)).isPresent();
    assertThat(shares.take(OTHER)).isEmpty();
    assertThat(lines)
        .containsExactly(
            "too many calls, refused one address=10.0.0.2 of_all_addresses=2 not_told=0");
  }

  @Test
  void shouldNotGrowTheLogWithWhatStrangersDo() {
    ClientShares shares = shares(10, 1);
    shares.take(ONE);
    for (int i = 0; i < 1_000; i++) {
      shares.take(ONE);
    }
    assertThat(lines)
        .hasSizeLessThan(10)
        .first()
        .isEqualTo("too many calls, refused one address=10.0.0.1 of_this_address=1 not_told=0");
    int before = lines.size();
    nowMillis += 60_000;
    shares.take(ONE);
    assertThat(lines).hasSize(before + 1);
    assertThat(lines.get(before)).endsWith("not_told=" + (1_000 - before));
  }
}
