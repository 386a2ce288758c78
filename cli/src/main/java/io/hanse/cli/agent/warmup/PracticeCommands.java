package io.hanse.cli.agent.warmup;

import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ExportedServiceRule;
import io.hanse.fsm.row.ExportedServices;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.InitializeCluster;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.ServiceConsumer;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.row.WritePeering;
import io.hanse.identity.CertificateAuthority;
import io.hanse.identity.TrustDomain;
import java.time.Instant;
import java.util.List;

/** What operators and agents write in a warm-up. None of its secrets opens anything. */
final class PracticeCommands {
  /** What each of the two calls the other. */
  static final String EXPORTER = "exporter";

  private static final String IMPORTER = "importer";
  private static final String EXPORTER_ID = "00000000-0000-4000-8000-000000000001";
  private static final String IMPORTER_ID = "00000000-0000-4000-8000-000000000002";
  private static final String ESTABLISHMENT = "establishment";
  private static final String STREAM = "stream";
  private static final int NODES = 100;

  private PracticeCommands() {}

  static String service(int number) {
    return "service-" + number;
  }

  /** As the exchange of its token's secret leaves the cluster that is dialed. */
  static List<Command> acceptor() {
    Peering.Builder peering = Peering.newBuilder().setId(EXPORTER_ID);
    return List.of(
        initialize(EXPORTER_ID, EXPORTER),
        write(
            WritePeering.newBuilder()
                .setPeering(peering.setName(IMPORTER))
                .setGenerate(
                    WritePeering.GenerateToken.newBuilder().setEstablishment(ESTABLISHMENT))),
        write(
            WritePeering.newBuilder()
                .setPeering(Peering.newBuilder().setId(EXPORTER_ID))
                .setSecretsOnly(true)
                .setExchange(
                    WritePeering.ExchangeSecret.newBuilder()
                        .setEstablishment(ESTABLISHMENT)
                        .setPendingStream(STREAM))));
  }

  /** And the one that dials. */
  static List<Command> dialer() {
    return List.of(
        initialize(IMPORTER_ID, IMPORTER),
        write(
            WritePeering.newBuilder()
                .setPeering(
                    Peering.newBuilder()
                        .setId(IMPORTER_ID)
                        .setName(EXPORTER)
                        .setPeerId(EXPORTER_ID)
                        .setPeerServerName(EXPORTER)
                        .addPeerServerAddresses(EXPORTER))
                .setEstablish(WritePeering.Establish.newBuilder().setActiveStream(STREAM))));
  }

  private static Command write(WritePeering.Builder write) {
    return Command.newBuilder().setWritePeering(write).build();
  }

  private static Command initialize(String id, String datacenter) {
    String root =
        CertificateAuthority.create(TrustDomain.ofCluster(id), datacenter, 1, Instant.now())
            .row()
            .getRootCert();
    return Command.newBuilder()
        .setInitializeCluster(
            InitializeCluster.newBuilder()
                .setIdentity(ClusterIdentity.newBuilder().setId(id).setDatacenter(datacenter))
                .setCaConfiguration(CaConfiguration.newBuilder().setProvider("consul"))
                .setRoot(
                    CaRoot.newBuilder()
                        .setId("root-" + datacenter)
                        .setName(datacenter)
                        .setActive(true)
                        .setRootCert(root)))
        .build();
  }

  static Command instance(int service, int number, int port) {
    String id = service(service) + "-" + number;
    String node = "node-" + (service + 7 * number) % NODES;
    return Command.newBuilder()
        .setRegister(
            RegisterCatalog.newBuilder()
                .setNode(Node.newBuilder().setNode(node).setAddress("10.0.0.1"))
                .setService(
                    NodeService.newBuilder()
                        .setId(id)
                        .setService(service(service))
                        .setAddress("10.0.0.1")
                        .setPort(port)
                        .addAllTags(List.of("primary", "v1"))
                        .putMeta("version", "1.2.3")
                        .putMeta("zone", "a"))
                .addChecks(
                    HealthCheck.newBuilder()
                        .setNode(node)
                        .setCheckId(id + "-alive")
                        .setName("alive")
                        .setServiceId(id)
                        .setStatus("passing")))
        .build();
  }

  /** The same as {@link #instance}, as it is written by HTTP. */
  static String registration(int service, int number, int port) {
    RegisterCatalog instance = instance(service, number, port).getRegister();
    NodeService row = instance.getService();
    return """
        {"Node":"%s","Address":"%s","SkipNodeUpdate":true,
         "Service":{"ID":"%s","Service":"%s","Address":"%s","Port":%d,
          "Tags":["primary","v1"],"Meta":{"version":"1.2.3","zone":"a"}}}
        """
        .formatted(
            instance.getNode().getNode(),
            instance.getNode().getAddress(),
            row.getId(),
            row.getService(),
            row.getAddress(),
            port);
  }

  /** All services, or none. */
  static Command exports(boolean isAll) {
    ExportedServices.Builder exported = ExportedServices.newBuilder();
    if (isAll) {
      exported.addServices(
          ExportedServiceRule.newBuilder()
              .setName("*")
              .addConsumers(ServiceConsumer.newBuilder().setPeer(IMPORTER)));
    }
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
