package io.hanse.cli.program;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.view.HostPort;
import io.hanse.gateway.feed.FirstContact;
import io.hanse.http.json.JsonProblem;
import io.hanse.http.json.MessageJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks the HTTP API of the local agent who this proxy is, whom to trust and where servers are. */
final class HttpFirstContact implements FirstContact {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ApiClient api;
  private final String proxyId;
  private final List<String> fixedServers;

  HttpFirstContact(ApiClient api, String proxyId, List<String> fixedServers) {
    this.api = api.withTimeout(TIMEOUT);
    this.proxyId = proxyId;
    this.fixedServers = fixedServers;
  }

  @Override
  public Found find() throws IOException {
    try {
      NodeService registration = registration();
      Value self = get("/v1/agent/self").at("Config");
      Value roots = get("/v1/agent/connect/ca/roots");
      List<String> pems =
          roots.at("Roots").items().stream().map(root -> root.at("RootCert").text()).toList();
      if (pems.isEmpty()) {
        throw new IOException("the agent knows no roots of the mesh yet");
      }
      return new Found(
          self.at("NodeName").text(),
          registration,
          roots.at("TrustDomain").text(),
          self.at("Datacenter").text(),
          pems,
          fixedServers.isEmpty() ? servers() : fixedServers);
    } catch (ApiException | JsonProblem e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private NodeService registration() throws IOException {
    String unknown = "the agent knows no service \"" + proxyId + "\"; register it";
    Value registered =
        AgentTeller.registered(api, proxyId).orElseThrow(() -> new IOException(unknown));
    NodeService.Builder registration = NodeService.newBuilder();
    // The agent adds keys, such as the hash of the content, which the row does not have.
    MessageJson.readWeakly(
        JsonText.compact(registered).getBytes(StandardCharsets.UTF_8), registration);
    return registration.build();
  }

  /** Each server says in its own registration where it takes proxies. */
  private List<String> servers() throws IOException {
    List<String> servers = new ArrayList<>();
    for (Value server : get("/v1/catalog/service/consul").items()) {
      String port = server.at("ServiceMeta").at("grpc_tls_port").text();
      String own = server.at("ServiceAddress").text();
      String host = own.isEmpty() ? server.at("Address").text() : own;
      if (!port.isEmpty() && !port.startsWith("-")) {
        servers.add(HostPort.joined(host, port));
      }
    }
    if (servers.isEmpty()) {
      throw new IOException(
          "the catalog names no server that takes proxies; set ports.grpc_tls on servers");
    }
    return servers;
  }

  private Value get(String path) {
    return api.get(path).orFail().json();
  }
}
