package io.hanse.http;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.AutopilotHealth;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.ServerHealthState;
import io.hanse.fsm.row.WriteAutopilotConfiguration;
import io.hanse.fsm.view.Autopilot;
import io.hanse.http.RawClient.Response;
import io.hanse.http.endpoints.Endpoints;
import io.hanse.http.endpoints.KeyringEndpoints;
import io.hanse.http.json.MessageJson;
import io.hanse.http.metrics.Metric;
import io.hanse.http.request.KeyringReply;
import io.hanse.http.request.RegisterRequest;
import io.hanse.http.server.HttpApi;
import io.hanse.http.server.HttpSettings;
import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.identity.LeafCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The whole API over a cluster in this process, served on a port of its own. */
public final class ApiFixture implements AutoCloseable {
  public static final int SERVER_PORT = 8300;

  public final LocalCluster cluster = new LocalCluster();
  public final MemoryAgent agent = new MemoryAgent();
  public final MemoryPeerings peerings = new MemoryPeerings(cluster);
  private final ScheduledExecutorService signing = Executors.newSingleThreadScheduledExecutor();
  private final LeafCache leaves;
  public final HttpApi api;
  public final InetSocketAddress address;

  public ApiFixture(HttpSettings settings) {
    cluster.addServer(agent.nodeId(), agent.nodeName(), SERVER_PORT);
    cluster.serve(Autopilot.HEALTH_CALL, question -> health());
    cluster.serve(
        KeyringEndpoints.QUESTION,
        question ->
            CompletableFuture.completedFuture(
                KeyringReply.newBuilder()
                    .setProblem("Keyring is empty (encryption not enabled)")
                    .build()
                    .toByteString()));
    CaService authority =
        new CaService(
            CaSettings.defaults(agent.datacenter()),
            cluster,
            cluster,
            () -> UUID.randomUUID().toString(),
            InstantSource.system(),
            signing);
    authority.initialize(ClusterStateMachine.COMMAND_LEVEL).join();
    cluster
        .submit(
            Command.newBuilder()
                .setWriteAutopilotConfiguration(
                    WriteAutopilotConfiguration.newBuilder().setConfiguration(Autopilot.DEFAULTS))
                .build())
        .join();
    leaves = new LeafCache(authority, InstantSource.system(), signing);
    api =
        HttpApi.of(
            new Endpoints.Ports(
                cluster,
                cluster,
                cluster,
                cluster,
                cluster,
                cluster,
                agent,
                cluster::renew,
                () -> UUID.randomUUID().toString(),
                peerings,
                leaves,
                authority,
                Map.of(Metric.CONTENTS_BYTES, () -> 7)),
            settings,
            2);
    address = api.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** What a leader that is alone finds of itself. */
  private CompletableFuture<ByteString> health() {
    Duration noTime = Duration.getDefaultInstance();
    ServerHealthState alone =
        ServerHealthState.newBuilder()
            .setRaftId(cluster.self())
            .setNodeId(agent.nodeId())
            .setNode(agent.nodeName())
            .setAddress("127.0.0.1:" + SERVER_PORT)
            .setStatus("alive")
            .setVersion("1.21.4")
            .setLeader(true)
            .setVoter(true)
            .setLastContact(noTime)
            .setLastTerm(2)
            .setLastIndex(cluster.lastLogIndex() + 1)
            .setHealthy(true)
            .setStableSince(Timestamp.newBuilder().setSeconds(1_000_000_000))
            .build();
    return CompletableFuture.completedFuture(
        AutopilotHealth.newBuilder().setHealthy(true).addServers(alone).build().toByteString());
  }

  /** Registers in the catalog, past the bounds that the server puts on clients. */
  public void seed(String registration) {
    RegisterRequest request =
        MessageJson.read(
                registration.getBytes(StandardCharsets.UTF_8), RegisterRequest.newBuilder())
            .build();
    RegisterCatalog.Builder command =
        RegisterCatalog.newBuilder()
            .setNode(
                Node.newBuilder()
                    .setId(request.getId())
                    .setNode(request.getNode())
                    .setAddress(request.getAddress())
                    .setDatacenter(agent.datacenter())
                    .putAllTaggedAddresses(request.getTaggedAddressesMap())
                    .putAllMeta(request.getNodeMetaMap()));
    if (request.hasService()) {
      command.setService(request.getService()).addChecks(request.getCheck());
    }
    cluster.submit(Command.newBuilder().setRegister(command).build()).join();
  }

  public Response get(String path) {
    return exchange("GET", path, "");
  }

  public Response put(String path, String body) {
    return exchange("PUT", path, body);
  }

  public Response exchange(String method, String path, String body) {
    return exchange(method, path, Map.of(), body);
  }

  public Response exchange(String method, String path, Map<String, String> headers, String body) {
    try {
      return RawClient.exchange(
          address,
          method,
          path,
          headers,
          body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    api.close();
    leaves.close();
    signing.shutdownNow();
    cluster.close();
  }
}
