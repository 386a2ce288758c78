package io.hanse.peering.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.DeregisterCatalog;
import io.hanse.fsm.row.ExportedServiceRule;
import io.hanse.fsm.row.ExportedServices;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.InitializeCluster;
import io.hanse.fsm.row.MarkPeeringDeleted;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringPolicy;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.PinPeerAddresses;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.RemovePeering;
import io.hanse.fsm.row.RotateStreamSecret;
import io.hanse.fsm.row.ServiceConsumer;
import io.hanse.fsm.row.WithdrawImports;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.row.WriteTrustBundle;
import io.hanse.fsm.store.SnapshotFile;
import io.hanse.fsm.store.View;
import io.hanse.identity.CertificateAuthority;
import io.hanse.identity.TrustDomain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** What operators and agents of simulated clusters write. */
public final class SimCommands {
  /** One for all: nobody checks anything by it. */
  private static final String ROOT =
      CertificateAuthority.create(
              TrustDomain.ofCluster("11111111-2222-3333-4444-555555555555"),
              "root",
              7,
              Instant.parse("2026-01-01T00:00:00Z"))
          .row()
          .getRootCert();

  private SimCommands() {}

  /** A certificate that can be read. */
  public static String root() {
    return ROOT;
  }

  public static Command initialize(String id, String datacenter) {
    return Command.newBuilder()
        .setInitializeCluster(
            InitializeCluster.newBuilder()
                .setIdentity(ClusterIdentity.newBuilder().setId(id).setDatacenter(datacenter))
                .setCaConfiguration(CaConfiguration.newBuilder().setProvider("consul"))
                .setRoot(
                    CaRoot.newBuilder()
                        .setId("root-" + datacenter)
                        .setName("root")
                        .setActive(true)
                        .setRootCert(root())))
        .build();
  }

  public static Command acceptor(String id, String name, String establishment) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(Peering.newBuilder().setId(id).setName(name))
                .setGenerate(
                    WritePeering.GenerateToken.newBuilder().setEstablishment(establishment)))
        .build();
  }

  public static Command exchange(String id, String establishment, String stream) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(Peering.newBuilder().setId(id))
                .setSecretsOnly(true)
                .setExchange(
                    WritePeering.ExchangeSecret.newBuilder()
                        .setEstablishment(establishment)
                        .setPendingStream(stream)))
        .build();
  }

  public static Command dialer(
      String id, String name, String peerId, List<String> addresses, String stream) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(
                    Peering.newBuilder()
                        .setId(id)
                        .setName(name)
                        .setPeerId(peerId)
                        .setPeerServerName("server")
                        .addPeerCaPems("PEM")
                        .addAllPeerServerAddresses(addresses))
                .setEstablish(WritePeering.Establish.newBuilder().setActiveStream(stream)))
        .build();
  }

  /** As the first stream of the dialer is let in. */
  public static Command promote(String id, String name, String stream) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(Peering.newBuilder().setId(id).setName(name))
                .setPromote(WritePeering.PromotePending.newBuilder().setPendingStream(stream)))
        .build();
  }

  /** The secret of the cluster that is dialed is followed by another; empty: it is confirmed. */
  public static Command rotate(String id, String current, String next) {
    return Command.newBuilder()
        .setRotateStreamSecret(
            RotateStreamSecret.newBuilder().setPeeringId(id).setCurrent(current).setNext(next))
        .build();
  }

  /** The same at the cluster that dials. */
  public static Command follow(String id, String replaced, String next) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(Peering.newBuilder().setId(id))
                .setSecretsOnly(true)
                .setEstablish(
                    WritePeering.Establish.newBuilder()
                        .setReplaced(replaced)
                        .setActiveStream(next)))
        .build();
  }

  /** As a stream of the peer brings them. */
  public static Command rootsOf(String peer, String pem) {
    return Command.newBuilder()
        .setWriteTrustBundle(
            WriteTrustBundle.newBuilder()
                .setBundle(
                    PeeringTrustBundle.newBuilder()
                        .setPeerName(peer)
                        .setTrustDomain(peer + ".consul")
                        .addRootPems(pem)))
        .build();
  }

  public static Command delete(String name) {
    return Command.newBuilder()
        .setMarkPeeringDeleted(
            MarkPeeringDeleted.newBuilder()
                .setName(name)
                .setDeletedAt(Timestamp.newBuilder().setSeconds(1)))
        .build();
  }

  /** As its leader does once nothing is left of what a deleted peering brought. */
  public static Command remove(String id) {
    return Command.newBuilder().setRemovePeering(RemovePeering.newBuilder().setId(id)).build();
  }

  public static Command pin(String name, List<String> addresses) {
    PinPeerAddresses.Builder pin = PinPeerAddresses.newBuilder().setName(name);
    addresses.forEach(each -> pin.addAddresses(PeerAddress.newBuilder().setAddress(each)));
    return Command.newBuilder().setPinPeerAddresses(pin).build();
  }

  public static Command register(String node, String service, int port, String status) {
    return register(node, service + "-" + node, service, port, status);
  }

  /** An instance that may have been another service's. */
  public static Command register(String node, String id, String service, int port, String status) {
    return Command.newBuilder()
        .setRegister(
            RegisterCatalog.newBuilder()
                .setNode(Node.newBuilder().setNode(node).setAddress("10.0.0.1"))
                .setService(NodeService.newBuilder().setId(id).setService(service).setPort(port))
                .addChecks(
                    HealthCheck.newBuilder()
                        .setNode(node)
                        .setCheckId("check-" + id)
                        .setServiceId(id)
                        .setStatus(status)))
        .build();
  }

  /** What brings a state of {@link #snapshot} back, in this order. */
  public static List<Command> restore(String id, byte[] snapshot) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(snapshot);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Command.Builder begin = Command.newBuilder();
    begin.getBeginRestoreBuilder().setId(id).setSnapshotBytes(snapshot.length).setChunks(1);
    Command.Builder part = Command.newBuilder();
    part.getStageRestoreBuilder().setId(id).setContent(ByteString.copyFrom(packed.toByteArray()));
    Command.Builder complete = Command.newBuilder().setLevel(6);
    complete
        .getCompleteRestoreBuilder()
        .setId(id)
        .setKeepsParts(true)
        .setKeepsPeeringSecrets(true)
        .setKeepsPeerPlaces(true);
    return List.of(begin.build(), part.build(), complete.build());
  }

  public static byte[] snapshot(View view) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      SnapshotFile.write(view, 1, Channels.newChannel(out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static Command sidecar(String node, String service) {
    String id = service + "-sidecar-" + node;
    return Command.newBuilder()
        .setRegister(
            RegisterCatalog.newBuilder()
                .setNode(Node.newBuilder().setNode(node).setAddress("10.0.0.1"))
                .setService(
                    NodeService.newBuilder()
                        .setKind("connect-proxy")
                        .setId(id)
                        .setService(service + "-sidecar-proxy")
                        .setPort(21_000)
                        .setProxy(
                            ConnectProxyConfig.newBuilder().setDestinationServiceName(service))))
        .build();
  }

  public static Command gateway(String node, int port) {
    return Command.newBuilder()
        .setRegister(
            RegisterCatalog.newBuilder()
                .setNode(Node.newBuilder().setNode(node).setAddress("10.0.0.9"))
                .setService(
                    NodeService.newBuilder()
                        .setKind("mesh-gateway")
                        .setId("gateway-" + node)
                        .setService("mesh-gateway")
                        .setPort(port)))
        .build();
  }

  /** One for each node, where servers of the cluster dial {@code host:port}. */
  public static Command gateway(String node, String host, int port, String status) {
    Command.Builder gateway = gateway(node, port).toBuilder();
    gateway
        .getRegisterBuilder()
        .addChecks(
            HealthCheck.newBuilder()
                .setNode(node)
                .setCheckId("listens")
                .setServiceId("gateway-" + node)
                .setStatus(status))
        .getServiceBuilder()
        .setAddress(host);
    return gateway.build();
  }

  /** Servers dial other clusters through their own gateways. */
  public static Command peerThroughGateways() {
    ConfigEntry.Builder mesh = ConfigEntry.newBuilder().setKind("mesh").setName("mesh");
    mesh.getMeshBuilder().getPeeringBuilder().setPeerThroughMeshGateways(true);
    return Command.newBuilder()
        .setWriteConfigEntry(WriteConfigEntry.newBuilder().setEntry(mesh))
        .build();
  }

  public static Command deregister(String node, String serviceId) {
    return Command.newBuilder()
        .setDeregister(DeregisterCatalog.newBuilder().setNode(node).setServiceId(serviceId))
        .build();
  }

  /** What a silent peer exported is withdrawn after so long. */
  public static Command withdrawAfter(String peer, long seconds) {
    return Command.newBuilder()
        .setWriteConfigEntry(
            WriteConfigEntry.newBuilder()
                .setEntry(
                    ConfigEntry.newBuilder()
                        .setKind("peering")
                        .setName(peer)
                        .setPeering(
                            PeeringPolicy.newBuilder()
                                .setOnStale(PeeringPolicies.WITHDRAW)
                                .setStaleAfter(Duration.newBuilder().setSeconds(seconds)))))
        .build();
  }

  /** What a peer exports is hidden, or shown again. */
  public static Command withdraw(String peer, boolean isWithdrawn) {
    return Command.newBuilder()
        .setWithdrawImports(WithdrawImports.newBuilder().setPeer(peer).setWithdrawn(isWithdrawn))
        .build();
  }

  public static Command exportToAll(Collection<String> services, Collection<String> peers) {
    ExportedServices.Builder exported = ExportedServices.newBuilder();
    for (String service : services) {
      ExportedServiceRule.Builder rule = ExportedServiceRule.newBuilder().setName(service);
      peers.forEach(peer -> rule.addConsumers(ServiceConsumer.newBuilder().setPeer(peer)));
      exported.addServices(rule);
    }
    return export(exported);
  }

  /** Each service to peers of its own. */
  public static Command exportTo(Map<String, Set<String>> consumers) {
    ExportedServices.Builder exported = ExportedServices.newBuilder();
    consumers.forEach(
        (service, peers) -> {
          ExportedServiceRule.Builder rule = ExportedServiceRule.newBuilder().setName(service);
          peers.forEach(peer -> rule.addConsumers(ServiceConsumer.newBuilder().setPeer(peer)));
          exported.addServices(rule);
        });
    return export(exported);
  }

  public static Command export(String peer, Collection<String> services) {
    ExportedServices.Builder exported = ExportedServices.newBuilder();
    for (String service : services) {
      exported.addServices(
          ExportedServiceRule.newBuilder()
              .setName(service)
              .addConsumers(ServiceConsumer.newBuilder().setPeer(peer)));
    }
    return export(exported);
  }

  private static Command export(ExportedServices.Builder exported) {
    return Command.newBuilder()
        .setWriteConfigEntry(
            WriteConfigEntry.newBuilder()
                .setEntry(
                    ConfigEntry.newBuilder()
                        .setKind("exported-services")
                        .setName("default")
                        .setExportedServices(exported)))
        .build();
  }
}
