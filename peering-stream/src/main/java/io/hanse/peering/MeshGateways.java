package io.hanse.peering;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceAddress;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.HostPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Whether other clusters are reached through this cluster's mesh gateways, and where those are.
 * Source: peering protocol, sections 1.5 and 9.
 */
public final class MeshGateways {
  private static final String WAN = "wan";

  private MeshGateways() {}

  /** What the operator wants, for both directions. */
  public static boolean areUsed(Rows rows) {
    return new ConfigEntries(rows)
        .singleton(ConfigEntryKind.MESH)
        .map(entry -> entry.getMesh().getPeering().getPeerThroughMeshGateways())
        .orElse(false);
  }

  /**
   * Where other clusters dial them, those that pass their checks first. One that does not is told
   * of, too: it may be back when the others are gone.
   */
  static List<String> wan(Rows rows) {
    List<String> addresses = new ArrayList<>();
    for (CheckServiceNode gateway : all(rows)) {
      NodeService service = gateway.getService();
      ServiceAddress tagged =
          service.getTaggedAddressesOrDefault(WAN, ServiceAddress.getDefaultInstance());
      int port = tagged.getPort() != 0 ? tagged.getPort() : service.getPort();
      String host = tagged.getAddress();
      if (host.isEmpty()) {
        host = service.getAddress();
      }
      if (host.isEmpty()) {
        host = gateway.getNode().getTaggedAddressesOrDefault(WAN, "");
      }
      add(addresses, gateway, host, port);
    }
    return addresses;
  }

  /** Where this cluster's own servers dial those that pass their checks. */
  static List<String> lan(Rows rows) {
    return lan(rows, false);
  }

  /** Likewise those that do not: they may have been stopped, and be gone for hours. */
  static List<String> lanSilent(Rows rows) {
    return lan(rows, true);
  }

  private static List<String> lan(Rows rows, boolean silent) {
    List<String> addresses = new ArrayList<>();
    for (CheckServiceNode gateway : all(rows)) {
      if (ServerAddresses.isSilent(gateway) == silent) {
        NodeService service = gateway.getService();
        add(addresses, gateway, service.getAddress(), service.getPort());
      }
    }
    return addresses;
  }

  private static List<CheckServiceNode> all(Rows rows) {
    List<CheckServiceNode> heardFirst =
        new ArrayList<>(new Health(rows).ofKind("", "mesh-gateway"));
    heardFirst.sort(Comparator.comparing(ServerAddresses::isSilent));
    return heardFirst;
  }

  private static void add(List<String> addresses, CheckServiceNode gateway, String host, int port) {
    String known = host.isEmpty() ? gateway.getNode().getAddress() : host;
    if (!known.isEmpty() && port > 0) {
      addresses.add(HostPort.joined(known, port));
    }
  }
}
