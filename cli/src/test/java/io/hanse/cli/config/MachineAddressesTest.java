package io.hanse.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineAddressesTest {
  @ParameterizedTest
  @CsvSource({
    "10.1.2.3 203.0.113.9 fe80::1,10.1.2.3",
    "203.0.113.9 100.64.0.1,100.64.0.1",
    "192.168.1.1 192.168.1.1,192.168.1.1",
    "172.31.0.1 172.32.0.1 2001:4860::8888,172.31.0.1",
    "127.0.0.1 ::1,127.0.0.1"
  })
  void shouldTakeTheOnlyPrivateAddressOfIpv4(String machine, String advertised) {
    assertThat(MachineAddresses.privateIpv4(addresses(machine))).isEqualTo(advertised);
  }

  @Test
  void shouldTakeTheOnlyPublicAddressOfIpv6() {
    assertThat(MachineAddresses.publicIpv6(addresses("10.0.0.1 fe80::1 fd00::1 2001:4860:0::8888")))
        .isEqualTo("2001:4860::8888");
  }

  @Test
  void shouldLeaveTheChoiceAmongSeveralToTheOperator() {
    assertThatThrownBy(() -> MachineAddresses.privateIpv4(addresses("10.0.0.2 8.8.8.8 10.0.0.1")))
        .hasMessage(
            "multiple private IPv4 addresses found (10.0.0.1 10.0.0.2); set bind_addr or"
                + " advertise_addr to one of them");
  }

  @Test
  void shouldNotAdvertiseAPublicAddressUnasked() {
    assertThatThrownBy(() -> MachineAddresses.privateIpv4(addresses("203.0.113.9 fe80::1")))
        .hasMessage(
            "no private IPv4 address found (only 203.0.113.9); set bind_addr or advertise_addr to"
                + " the one that others can reach");
    assertThatThrownBy(() -> MachineAddresses.publicIpv6(addresses("10.0.0.1")))
        .hasMessageStartingWith("no public IPv6 address found; set bind_addr");
  }

  @Test
  void shouldFindAddressesOfThisMachine() throws SocketException {
    assertThat(MachineAddresses.all()).isNotEmpty();
  }

  private static List<InetAddress> addresses(String texts) {
    return Stream.of(texts.split(" ")).map(MachineAddressesTest::address).toList();
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
