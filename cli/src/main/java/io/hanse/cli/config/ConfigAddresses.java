package io.hanse.cli.config;

import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the addresses to bind and to advertise. */
final class ConfigAddresses {
  private static final String ANY = "0.0.0.0";
  private static final String LOOPBACK = "127.0.0.1";
  private static final Pattern LITERAL =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.%a-z0-9]*");

  private final ConfigValues values;
  private final boolean dev;

  ConfigAddresses(ConfigValues values, boolean dev) {
    this.values = values;
    this.dev = dev;
  }

  AgentConfig.Addresses read() {
    String bind = literal("bind_addr", values.text("bind_addr", dev ? LOOPBACK : ANY));
    List<String> clients = literals("client_addr", List.of(LOOPBACK));
    String advertise = values.text("advertise_addr", "");
    if (advertise.isEmpty()) {
      advertise = isWildcard(bind) ? found(bind.contains(":")) : bind;
    } else {
      literal("advertise_addr", advertise);
      if (isWildcard(advertise)) {
        values.error("advertise_addr cannot be " + advertise);
      }
    }
    return new AgentConfig.Addresses(
        bind,
        advertise,
        literals("addresses.http", clients),
        literals("addresses.https", clients),
        literals("addresses.grpc", clients),
        literals("addresses.grpc_tls", clients));
  }

  private List<String> literals(String path, List<String> otherwise) {
    List<String> texts = values.texts(path);
    texts.forEach(text -> literal(path, text));
    return texts.isEmpty() ? otherwise : texts;
  }

  private String literal(String path, String text) {
    if (!isLiteral(text)) {
      values.error(path + ": \"" + text + "\" is not an IP address");
    }
    return text;
  }

  private static boolean isLiteral(String text) {
    return parsed(text).isPresent();
  }

  /** However it is written: {@code ::0} is one as well. */
  private static boolean isWildcard(String text) {
    return parsed(text).filter(InetAddress::isAnyLocalAddress).isPresent();
  }

  private static Optional<InetAddress> parsed(String text) {
    if (!LITERAL.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      // Never asks a name server: the text has the form of an address.
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private String found(boolean ipv6) {
    try {
      List<InetAddress> all = MachineAddresses.all();
      return ipv6 ? MachineAddresses.publicIpv6(all) : MachineAddresses.privateIpv4(all);
    } catch (SocketException e) {
      values.error("advertise_addr: can't look at the network interfaces; set it");
    } catch (IllegalArgumentException e) {
      values.error(String.valueOf(e.getMessage()));
    }
    return LOOPBACK;
  }

  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
