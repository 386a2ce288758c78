package io.hanse.gateway;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Upstream;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;

/** Where a registration says that its proxy listens. */
final class ListenAddresses {
  private static final String ANY = "0.0.0.0";
  private static final String LOOPBACK = "127.0.0.1";

  private ListenAddresses() {}

  /**
   * Of a mesh gateway, by the name of the listener. An address that is named twice counts once, and
   * so does one that all addresses of the machine contain: only one of the two can be had.
   */
  static Map<String, InetSocketAddress> ofGateway(NodeService gateway) {
    Struct config = gateway.getProxy().getConfig();
    Map<String, InetSocketAddress> addresses = new TreeMap<>();
    if (!flag(config, "envoy_gateway_no_default_bind")) {
      add(addresses, "default", gateway.getAddress(), gateway.getPort());
    }
    if (flag(config, "envoy_gateway_bind_tagged_addresses")) {
      gateway
          .getTaggedAddressesMap()
          .forEach((name, at) -> add(addresses, name, at.getAddress(), at.getPort()));
    }
    value(config, "envoy_gateway_bind_addresses")
        .getStructValue()
        .getFieldsMap()
        .forEach(
            (name, at) ->
                add(
                    addresses,
                    name,
                    value(at.getStructValue(), "address").getStringValue(),
                    (int) value(at.getStructValue(), "port").getNumberValue()));
    return addresses;
  }

  /** Of the side of a sidecar that faces the mesh. */
  static InetSocketAddress ofSidecar(NodeService sidecar) {
    Struct config = sidecar.getProxy().getConfig();
    String host = value(config, "bind_address").getStringValue();
    int port = (int) value(config, "bind_port").getNumberValue();
    return address(
        host.isEmpty() ? sidecar.getAddress() : host, port == 0 ? sidecar.getPort() : port, ANY);
  }

  /** Of an upstream. */
  static InetSocketAddress of(Upstream upstream) {
    return address(upstream.getLocalBindAddress(), upstream.getLocalBindPort(), LOOPBACK);
  }

  private static void add(
      Map<String, InetSocketAddress> addresses, String name, String host, int port) {
    InetSocketAddress address = address(host, port, ANY);
    if (addresses.values().stream().noneMatch(known -> contains(known, address))) {
      addresses.values().removeIf(known -> contains(address, known));
      addresses.put(name, address);
    }
  }

  private static boolean contains(InetSocketAddress wide, InetSocketAddress narrow) {
    if (wide.isUnresolved() || narrow.isUnresolved() || wide.getPort() != narrow.getPort()) {
      return wide.equals(narrow);
    }
    boolean reaches =
        wide.getAddress() instanceof Inet6Address || narrow.getAddress() instanceof Inet4Address;
    return wide.equals(narrow) || (wide.getAddress().isAnyLocalAddress() && reaches);
  }

  private static InetSocketAddress address(String host, int port, String otherwise) {
    return new InetSocketAddress(host.isEmpty() ? otherwise : host, port);
  }

  private static boolean flag(Struct config, String key) {
    return value(config, key).getBoolValue();
  }

  private static Value value(Struct config, String key) {
    return config.getFieldsOrDefault(key, Value.getDefaultInstance());
  }
}
