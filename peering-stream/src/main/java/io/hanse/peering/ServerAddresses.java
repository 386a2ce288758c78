package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.HostPort;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Servers;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Where other clusters reach this cluster's servers: what a token says, and later the stream.
 * Source: peering protocol, section 1.5; IPv6 addresses are bracketed here, for no Consul accepts
 * them otherwise.
 */
public final class ServerAddresses {
  private static final String SERVERS = "consul";
  private static final String CRITICAL = "critical";

  private ServerAddresses() {}

  /**
   * Where a token says that this cluster is: at least one, or a failure.
   *
   * @param known where servers are that say so themselves, by node in lower case: what is stored of
   *     them may be from before their last start
   */
  static List<String> forToken(Rows rows, Map<String, String> known) {
    if (!MeshGateways.areUsed(rows)) {
      return of(rows, known);
    }
    List<String> gateways = MeshGateways.wan(rows);
    if (gateways.isEmpty()) {
      throw new ProblemException(
          ProblemCode.FAILED_PRECONDITION,
          "servers are configured to PeerThroughMeshGateways, but no mesh gateway instances are"
              + " registered");
    }
    return gateways;
  }

  /**
   * Where dialers are told that this cluster is now; none: they keep what they know. A server that
   * is not heard is told too, after the others: it may lead when the dialer comes the next time,
   * and who knows only those that follow it would ask them for ever. Likewise a gateway.
   */
  public static List<String> forDialers(Rows rows) {
    if (MeshGateways.areUsed(rows)) {
      return List.copyOf(new LinkedHashSet<>(MeshGateways.wan(rows)));
    }
    NavigableSet<String> heard = new TreeSet<>();
    NavigableSet<String> silent = new TreeSet<>();
    for (CheckServiceNode server : new Health(rows).service("", SERVERS)) {
      of(server).ifPresent((isSilent(server) ? silent : heard)::add);
    }
    silent.removeAll(heard);
    List<String> addresses = new ArrayList<>(heard);
    addresses.addAll(silent);
    return addresses;
  }

  static boolean isSilent(CheckServiceNode instance) {
    return instance.getChecksList().stream().anyMatch(check -> check.getStatus().equals(CRITICAL));
  }

  /**
   * Where dialers reach one server, which may share its host with others; empty where they are to
   * come by the mesh gateways, or it takes none.
   */
  public static Optional<String> forDialersOf(Rows rows, Server server) {
    if (MeshGateways.areUsed(rows)) {
      return Optional.empty();
    }
    String node = Keys.fold(server.getNode());
    return new Catalog(rows)
        .service("", SERVERS).stream()
            .filter(instance -> Keys.fold(instance.getNode().getNode()).equals(node))
            .findFirst()
            .flatMap(ServerAddresses::of)
            .or(() -> of(server));
  }

  /** By what it says of itself, which is known before it is in the catalog. */
  private static Optional<String> of(Server server) {
    int port = server.getGrpcTlsPort() > 0 ? server.getGrpcTlsPort() : server.getGrpcPort();
    return port > 0 ? Optional.of(HostPort.joined(server.getAddress(), port)) : Optional.empty();
  }

  /** Of the servers themselves: at least one, or a failure. */
  private static List<String> of(Rows rows, Map<String, String> known) {
    List<String> addresses = new ArrayList<>();
    for (CheckServiceNode instance : new Catalog(rows).service("", SERVERS)) {
      Optional.ofNullable(known.get(Keys.fold(instance.getNode().getNode())))
          .or(() -> of(instance))
          .ifPresent(addresses::add);
    }
    if (addresses.isEmpty()) {
      // In a cluster's first moments its servers are not in the catalog yet.
      for (Server server : new Servers(rows).all()) {
        of(server)
            .ifPresent(
                address -> addresses.add(known.getOrDefault(Keys.fold(server.getNode()), address)));
      }
    }
    if (addresses.isEmpty()) {
      throw new ProblemException(
          ProblemCode.FAILED_PRECONDITION,
          "a grpc bind port must be specified in the configuration for all servers");
    }
    return addresses;
  }

  /** Where one server is reached, by its instance in the catalog; empty without a port. */
  private static Optional<String> of(CheckServiceNode instance) {
    Map<String, String> meta = instance.getService().getMetaMap();
    return port(meta.get("grpc_tls_port"))
        .or(() -> port(meta.get("grpc_port")))
        .map(port -> HostPort.joined(host(instance), port));
  }

  private static String host(CheckServiceNode instance) {
    String wan = instance.getNode().getTaggedAddressesMap().get("wan");
    return wan == null || wan.isEmpty() ? instance.getNode().getAddress() : wan;
  }

  /**
   * Refuses what nobody can dial, or more than any cluster has servers.
   *
   * @throws ProblemException {@code INVALID_ARGUMENT}, in Consul's words where it refuses it too
   */
  public static void check(List<String> addresses) {
    TokenRules.checkAddresses(addresses);
  }

  private static Optional<Integer> port(@org.jspecify.annotations.Nullable String text) {
    try {
      return Optional.ofNullable(text).map(Integer::valueOf).filter(port -> port > 0);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
