package io.hanse.cli.config;

import io.hanse.http.server.Network;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which of its own addresses a machine advertises where none is configured: as a Consul does, the
 * only private one of IPv4, or, where all of IPv6 are bound, the only public one of it. Nobody but
 * the operator can tell which of several others can reach.
 */
final class MachineAddresses {
  /** The blocks of RFC 6890 that are not routed in the internet, as a Consul counts them. */
  private static final List<Network> PRIVATE =
      Stream.of(
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.168.0.0/16",
              "::1/128",
              "fe80::/10",
              "fc00::/7",
              "fec0::/10",
              "2001:db8::/32")
          .map(Network::parse)
          .toList();

  private MachineAddresses() {}

  /** All of the interfaces that are up; those of loopback only where there is no other. */
  static List<InetAddress> all() throws SocketException {
    List<NetworkInterface> up =
        NetworkInterface.networkInterfaces().filter(MachineAddresses::isUp).toList();
    List<InetAddress> reachable =
        up.stream()
            .filter(network -> !isLoopback(network))
            .flatMap(NetworkInterface::inetAddresses)
            .toList();
    return reachable.isEmpty()
        ? up.stream().flatMap(NetworkInterface::inetAddresses).toList()
        : reachable;
  }

  /**
   * The only private IPv4 address of these.
   *
   * @throws IllegalArgumentException if there is none or several
   */
  static String privateIpv4(List<InetAddress> addresses) {
    return single("private IPv4", of(addresses, false, true), of(addresses, false, false));
  }

  /**
   * The only public IPv6 address of these.
   *
   * @throws IllegalArgumentException if there is none or several
   */
  static String publicIpv6(List<InetAddress> addresses) {
    return single("public IPv6", of(addresses, true, false), of(addresses, true, true));
  }

  private static List<String> of(List<InetAddress> addresses, boolean ipv6, boolean isPrivate) {
    return addresses.stream()
        .filter(address -> address instanceof Inet6Address == ipv6)
        .filter(address -> isPrivate(address) == isPrivate)
        .map(Network::textOf)
        .distinct()
        .toList();
  }

  private static boolean isPrivate(InetAddress address) {
    return PRIVATE.stream().anyMatch(network -> network.contains(address));
  }

  private static String single(String kind, List<String> found, List<String> others) {
    if (found.size() == 1) {
      return found.get(0);
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "no "
              + kind
              + " address found"
              + (others.isEmpty() ? "" : " (only " + listed(others) + ")")
              + "; set bind_addr or advertise_addr to the one that others can reach");
    }
    throw new IllegalArgumentException(
        "multiple "
            + kind
            + " addresses found ("
            + listed(found)
            + "); set bind_addr or advertise_addr to one of them");
  }

  private static String listed(List<String> addresses) {
    return addresses.stream().sorted().collect(Collectors.joining(" "));
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp();
    } catch (SocketException e) {
      // It went away meanwhile.
      return false;
    }
  }

  private static boolean isLoopback(NetworkInterface network) {
    try {
      return network.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }
}
