package io.hanse.http;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.http.RawClient.Response;
import io.hanse.http.endpoints.Endpoints;
import io.hanse.http.json.MessageJson;
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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The whole API over a cluster in this process, served on a port of its own. */
public final class ApiFixture implements AutoCloseable {
  public static final int SERVER_PORT = 8300;

  public final LocalCluster cluster = new LocalCluster();
  public final MemoryAgent agent = new MemoryAgent();
  private final ScheduledExecutorService signing = Executors.newSingleThreadScheduledExecutor();
  private final LeafCache leaves;
  public final HttpApi api;
  public final InetSocketAddress address;

  public ApiFixture(HttpSettings settings) {
    cluster.addServer(agent.nodeId(), agent.nodeName(), SERVER_PORT);
    CaService authority =
        new CaService(
            CaSettings.defaults(agent.datacenter()),
            cluster,
            cluster,
            () -> UUID.randomUUID().toString(),
            InstantSource.system(),
            signing);
    authority.initialize().join();
    leaves = new LeafCache(authority, InstantSource.system(), signing);
    api =
        HttpApi.of(
            new Endpoints.Ports(
                cluster, cluster, cluster, cluster, agent, new MemoryPeerings(cluster), leaves),
            settings,
            2);
    address = api.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
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
