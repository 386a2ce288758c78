package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.conformance.replay.Recording;
import io.hanse.conformance.replay.Replayer;
import io.hanse.conformance.replay.Replayer.Outcome;
import io.hanse.conformance.replay.SkipList;
import io.hanse.conformance.replay.Subject;
import io.hanse.http.ApiFixture;
import io.hanse.http.server.HttpSettings;
import io.hanse.http.server.Network;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Recordings of a real Consul against the API over the real state machine. What needs a whole agent
 * is replayed where there is one.
 */
@Execution(ExecutionMode.CONCURRENT)
class ApiReplayIT {
  private static final SkipList SKIPS = SkipList.load("skip.txt", "skip-without-agent.txt");

  /** The number of lines may only grow. */
  @ParameterizedTest
  @CsvSource({
    "blocking,76",
    "catalog,126",
    "catalog-more,73",
    "config-entries,148",
    "connect-ca,25",
    "discovery-chain,35",
    "encoding-compact,16",
    "encoding-dev,16",
    "errors-and-routing,42",
    "event-query-ui,33",
    "exported-services,36",
    "health,60",
    "intentions,85",
    "kv-session-txn,102",
    "query-more,91",
    "status-operator,23"
  })
  void shouldAnswerAsConsulDid(String file, int replayedMin) {
    Outcome outcome =
        Replayer.replay(Recording.load(file), SKIPS, Replayer.Indexes.STRICT, InProcess::new);
    assertThat(outcome.differences()).isEmpty();
    assertThat(outcome.replayed()).isGreaterThanOrEqualTo(replayedMin);
  }

  /** The API of one server in this process, with itself in its catalog. */
  private static final class InProcess implements Subject {
    private final ApiFixture fixture;

    InProcess(Recording.Agent agent, boolean isDev) {
      fixture = new ApiFixture(settings(agent.configuration(), isDev));
      String node =
          "{\"ID\":\""
              + agent.nodeId()
              + "\",\"Node\":\""
              + agent.name()
              + "\",\"Address\":\"127.0.0.1\"";
      String more =
          ",\"TaggedAddresses\":{\"lan\":\"127.0.0.1\",\"lan_ipv4\":\"127.0.0.1\","
              + "\"wan\":\"127.0.0.1\",\"wan_ipv4\":\"127.0.0.1\"},\"NodeMeta\":"
              + "{\"consul-network-segment\":\"\",\"consul-version\":\"1.21.4\"}}";
      String service =
          ",\"Service\":{\"ID\":\"consul\",\"Service\":\"consul\",\"Port\":"
              + ApiFixture.SERVER_PORT
              + ",\"Meta\":{\"grpc_port\":\"8502\",\"grpc_tls_port\":\"8503\","
              + "\"non_voter\":\"false\",\"raft_version\":\"3\",\"read_replica\":\"false\","
              + "\"serf_protocol_current\":\"2\",\"serf_protocol_max\":\"5\","
              + "\"serf_protocol_min\":\"1\",\"version\":\"1.21.4\"}},\"Check\":{\"CheckID\":"
              + "\"serfHealth\",\"Name\":\"Serf Health Status\",\"Status\":\"passing\","
              + "\"Output\":\"Agent alive and reachable\"}}";
      fixture.seed(node + service);
      fixture.seed(node + more);
    }

    private static HttpSettings settings(Map<String, ?> configuration, boolean isIndented) {
      Map<?, ?> http = configuration.get("http_config") instanceof Map<?, ?> map ? map : Map.of();
      Map<String, String> headers = new TreeMap<>();
      if (http.get("response_headers") instanceof Map<?, ?> given) {
        given.forEach((name, value) -> headers.put(name.toString(), value.toString()));
      }
      HttpSettings defaults = HttpSettings.DEFAULTS;
      return new HttpSettings(
          isIndented,
          "",
          headers,
          Boolean.TRUE.equals(configuration.get("translate_wan_addrs")),
          strings(http.get("block_endpoints")),
          strings(http.get("allow_write_http_from")).stream().map(Network::parse).toList(),
          defaults.kvValueBytesMax(),
          defaults.limits(),
          defaults.reads(),
          defaults.transferFolder());
    }

    private static List<String> strings(Object list) {
      return list instanceof List<?> values
          ? values.stream().map(Object::toString).toList()
          : List.of();
    }

    @Override
    public InetSocketAddress http() {
      return fixture.address;
    }

    @Override
    public Map<String, Integer> ports() {
      return Map.of("server", ApiFixture.SERVER_PORT, "grpc", 8502, "grpc_tls", 8503);
    }

    @Override
    public void close() {
      fixture.close();
    }
  }
}
