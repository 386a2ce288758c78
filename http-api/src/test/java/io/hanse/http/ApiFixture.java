package io.hanse.http;

import io.hanse.http.RawClient.Response;
import io.hanse.http.endpoints.Endpoints;
import io.hanse.http.server.HttpApi;
import io.hanse.http.server.HttpSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The whole API over a cluster in this process, served on a port of its own. */
public final class ApiFixture implements AutoCloseable {
  public final LocalCluster cluster = new LocalCluster();
  public final MemoryAgent agent = new MemoryAgent();
  public final HttpApi api;
  public final InetSocketAddress address;

  public ApiFixture(HttpSettings settings) {
    cluster.addServer(agent.nodeId(), agent.nodeName(), 8300);
    api =
        HttpApi.of(
            new Endpoints.Ports(
                cluster, cluster, cluster, cluster, agent, new MemoryPeerings(cluster)),
            settings,
            2);
    address = api.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
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
    cluster.close();
  }
}
