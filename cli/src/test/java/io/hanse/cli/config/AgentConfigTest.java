package io.hanse.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.http.server.Network;
import io.hanse.identity.SharedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigTest {
  private static final String SERVER =
      "server = true data_dir = \"/d\" bind_addr = \"127.0.0.1\" node_name = \"n1\" ";

  @TempDir private Path directory;

  @Test
  void shouldFillInDefaults() {
    AgentConfig config = read(SERVER);
    assertThat(config.datacenter()).isEqualTo("dc1");
    assertThat(config.ports().http()).isEqualTo(8500);
    assertThat(config.ports().grpcTls()).isEqualTo(8503);
    assertThat(config.ports().grpc()).isEqualTo(-1);
    assertThat(config.timing().raftMultiplier()).isEqualTo(1);
    assertThat(config.timing().rpcHoldTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.timing().warmsUp()).isTrue();
    assertThat(config.addresses().advertise()).isEqualTo("127.0.0.1");
    assertThat(config.dataDirectory()).contains(Path.of("/d"));
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void shouldReadTheRangeOfSidecars() {
    AgentConfig.Ports ports =
        read(SERVER + "ports { sidecar_min_port = 30000 sidecar_max_port = 30010 }").ports();
    assertThat(ports.sidecarMin()).isEqualTo(30_000);
    assertThat(ports.sidecarMax()).isEqualTo(30_010);
    assertThatThrownBy(() -> read(SERVER + "ports { sidecar_min_port = 30000 }"))
        .hasMessageContaining(
            "sidecar_min_port must be less than sidecar_max_port. To disable, set both to zero.");
  }

  @Test
  void shouldWarmUpAsItIsTold() {
    assertThat(read(SERVER + "performance { warm_up = false }").timing().warmsUp()).isFalse();
    assertThat(AgentConfigReader.read(sources(true, List.of(), List.of())).timing().warmsUp())
        .isFalse();
  }

  @Test
  void shouldNeedNothingForDev() {
    AgentConfig config = AgentConfigReader.read(sources(true, List.of(), List.of()));
    assertThat(config.server()).isTrue();
    assertThat(config.isBootstrap()).isTrue();
    assertThat(config.addresses().bind()).isEqualTo("127.0.0.1");
    assertThat(config.ports().grpc()).isEqualTo(8502);
    assertThat(config.dataDirectory()).isEmpty();
  }

  @Test
  void shouldMergeFilesInOrderAndLetFlagsWin() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("conf"));
    Files.writeString(
        folder.resolve("b.json"),
        "{\"datacenter\":\"dc2\",\"retry_join\":[\"b\"],\"ports\":{\"http\":2}}");
    Files.writeString(
        folder.resolve("a.hcl"),
        SERVER
            + "datacenter = \"dc1\" retry_join = [\"a\"] ports { http = 1 } ports { server = 9 }");
    Files.writeString(folder.resolve("ignored.txt"), "no configuration");
    AgentConfig config =
        AgentConfigReader.read(
            new AgentConfigReader.Sources(
                false,
                List.of("conf"),
                "",
                List.of(
                    new ConfigSource("ports.http", Value.of("3")),
                    new ConfigSource("retry_join", Value.of(List.of("c")))),
                List.of("ports { serf_lan = 4 }"),
                directory));
    assertThat(config.datacenter()).isEqualTo("dc2");
    assertThat(config.joining().join()).containsExactly("a", "b", "c");
    assertThat(config.ports().http()).isEqualTo(3);
    assertThat(config.ports().server()).isEqualTo(9);
    assertThat(config.ports().serfLan()).isEqualTo(4);
  }

  @Test
  void shouldHandDefinitionsOnWithTheKeysOfTheApi() {
    AgentConfig config =
        read(
            SERVER
                + "service { name = \"web\" port = 80 meta { a_b = \"1\" } tagged_addresses {"
                + " lan_ipv4 { address = \"1.2.3.4\" port = 1 } } connect { sidecar_service { proxy"
                + " { config { x_y = 1 } upstreams = [ { destination_name = \"db\" local_bind_port"
                + " = 5000 mesh_gateway { mode = \"local\" } } ] } } } } services = [{ Name ="
                + " \"api\" }] check { id = \"c\" ttl = \"10s\" }");
    assertThat(config.services().stream().map(JsonText::compact))
        .containsExactly(
            "{\"Name\":\"api\"}",
            "{\"Name\":\"web\",\"Port\":80,\"Meta\":{\"a_b\":\"1\"},\"TaggedAddresses\":"
                + "{\"lan_ipv4\":{\"Address\":\"1.2.3.4\",\"Port\":1}},\"Connect\":"
                + "{\"SidecarService\":{\"Proxy\":{\"Config\":{\"x_y\":1},\"Upstreams\":"
                + "[{\"DestinationName\":\"db\",\"LocalBindPort\":5000,\"MeshGateway\":"
                + "{\"Mode\":\"local\"}}]}}}}");
    assertThat(config.checks().stream().map(JsonText::compact))
        .containsExactly("{\"ID\":\"c\",\"TTL\":\"10s\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "foo = 1|invalid config key foo",
        "ports { ftp = 1 }|invalid config key ports.ftp",
        "ports { http = 99999 }|ports.http: invalid port: 99999",
        "ports { http = \"x\" }|ports.http: expected a whole number",
        "bind_addr = \"zz\"|bind_addr: \"zz\" is not an IP address",
        "advertise_addr = \"0.0.0.0\"|advertise_addr cannot be 0.0.0.0",
        "advertise_addr = \"0:0:0:0:0:0:0:0\"|advertise_addr cannot be 0:0:0:0:0:0:0:0",
        "datacenter = \"a b\"|datacenter can only contain",
        "primary_datacenter = \"other\"|federation is not supported",
        "bootstrap = true bootstrap_expect = 3|mutually exclusive",
        "performance { raft_multiplier = 11 }|Must be between 1 and 10",
        "raft_trailing_logs = -1|raft_trailing_logs cannot be -1",
        "performance { rpc_hold_timeout = \"7\" }|rpc_hold_timeout: invalid duration: \"7\"; a"
            + " number with a unit is expected, like \"10s\" or \"1m30s\"",
        "default_query_time = 10|default_query_time: invalid duration: \"10\"; a number with",
        "max_query_time = \"-5s\"|max_query_time cannot be -5s. Must be greater than or equal to",
        "default_intention_policy = \"maybe\"|neither \"allow\" nor \"deny\"",
        "encrypt = \"abc\"|encrypt has invalid key",
        "encrypt = \"Z2VoZWlt\"|key size must be 16, 24 or 32 bytes",
        "auto_encrypt { tls = true }|not safe to ignore: auto_encrypt",
        "acl { enabled = true }|not safe to ignore: acl.enabled",
        "tls { internal_rpc { verify_incoming = true } }|VerifyIncoming set but no CA certificates",
        "verify_outgoing = true|VerifyOutgoing set but no CA certificates were provided",
        "tls { internal_rpc { ca_file = \"a\" verify_outgoing = true } }|are needed together",
        "tls { internal_rpc { cert_file = \"a\" key_file = \"b\" } }|are needed together",
        "tls { defaults { verify_incoming = true } }|set tls { grpc { verify_incoming = false } }",
        "tls { https { verify_server_hostname = true } }|only valid in the tls.defaults",
        "tls { defaults { tls_min_version = \"TLSv1_3\" } }|\"TLSv1_3\" is not supported",
        "tls { defaults { tls_cipher_suites = \"X\" } }|not safe to ignore: tls.defaults",
        "ports { https = 8501 }|tls.https.cert_file and tls.https.key_file are needed",
        "http_config { allow_write_http_from = [\"10.1.2.3\"] }|invalid CIDR address: 10.1.2.3",
        "http_config { max_header_bytes = -1 }|max_header_bytes cannot be -1",
        "connect { enabled = false }|connect.enabled = false is not supported",
        "connect { ca_provider = \"vault\" }|\"vault\" is not supported",
        "retry_join = [\"provider=aws tag=x secret=y\"]|cloud discovery is not supported",
        "log_level = \"loud\"|invalid log level",
        "node_id = \"x\"|is not a UUID",
        "server = false|client agents are not supported yet",
      })
  void shouldRefuseByName(String text, String message) {
    assertThatThrownBy(() -> read(SERVER + text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldReadWhatIsSaidOfTheHttpApi() {
    AgentConfig config =
        read(
            SERVER
                + "http_config { response_headers { X-A = \"b\" } block_endpoints = [\"/v1/kv\"]"
                + " allow_write_http_from = [\"127.0.0.0/8\"] max_header_bytes = 9000 }"
                + " translate_wan_addrs = true peering { enabled = false }");
    assertThat(config.http())
        .isEqualTo(
            new AgentConfig.Http(
                Map.of("X-A", "b"),
                List.of("/v1/kv"),
                List.of(Network.parse("127.0.0.0/8")),
                9000,
                true));
    assertThat(config.isPeeringEnabled()).isFalse();
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void shouldNeverRepeatASecret() {
    assertThatThrownBy(() -> read(SERVER + "encrypt = \"geheim\" retry_join = [\"p=x k=geheim\"]"))
        .hasMessageNotContaining("geheim");
  }

  @Test
  void shouldLeaveAtASignalOnlyWhereAServerIsToldTo() {
    AgentConfig.Leaving never = new AgentConfig.Leaving(false, false);
    assertThat(read(SERVER).leaving()).isEqualTo(never);
    assertThat(read(SERVER + "leave_on_terminate = true").leaving())
        .isEqualTo(new AgentConfig.Leaving(false, true));
    assertThat(read(SERVER + "skip_leave_on_interrupt = false").leaving())
        .isEqualTo(new AgentConfig.Leaving(true, false));
    AgentConfig neither =
        read(SERVER + "leave_on_terminate = false skip_leave_on_interrupt = true");
    assertThat(neither.leaving()).isEqualTo(never);
    assertThat(neither.warnings()).isEmpty();
  }

  @Test
  void shouldNameInOneWarningWhatItIgnores() {
    AgentConfig config =
        read(
            SERVER
                + "ui_config { enabled = true } telemetry { prometheus_retention_time = \"1m\" }"
                + " enable_script_checks = false ports { dns = -1 }");
    assertThat(config.warnings())
        .containsExactly("not supported yet, ignored: telemetry, ui_config");
  }

  @Test
  void shouldWarnThatThePortWithoutTlsIsIgnored() {
    assertThat(read(SERVER + "ports { grpc = 8502 }").warnings())
        .containsExactly(
            "ports.grpc is ignored, nothing will listen there: gRPC is served over TLS, on"
                + " ports.grpc_tls");
    assertThat(read(SERVER + "ports { grpc = -1 }").warnings()).isEmpty();
  }

  @Test
  void shouldReadCertificatesOfListenersByTheirOwnBlockBeforeTheDefaults() {
    AgentConfig.Tls tls =
        read(SERVER
                + "datacenter = \"dc2\" ports { https = 8501 } auto_reload_config = true"
                + " tls { defaults { ca_file = \"ca\" cert_file = \"c\" key_file = \"/k\""
                + " verify_incoming = true } grpc { verify_incoming = false }"
                + " https { ca_path = \"roots\" cert_file = \"web\" verify_incoming = false }"
                + " internal_rpc { verify_server_hostname = true } }")
            .tls();
    assertThat(tls.reloadsItself()).isTrue();
    assertThat(tls.servers())
        .contains(
            new AgentConfig.Listener(
                Optional.of(directory.resolve("ca")),
                directory.resolve("c"),
                Path.of("/k"),
                true,
                Optional.of("server.dc2.consul")));
    assertThat(tls.https().orElseThrow().certificate()).isEqualTo(directory.resolve("web"));
    assertThat(tls.https().orElseThrow().verifyIncoming()).isFalse();
  }

  @Test
  void shouldReadTheOlderKeysOfCertificates() {
    AgentConfig.Tls tls =
        read(SERVER
                + "ca_file = \"ca\" cert_file = \"c\" key_file = \"k\" verify_incoming = true"
                + " verify_outgoing = true")
            .tls();
    assertThat(tls.servers().orElseThrow().serverName()).isEmpty();
    assertThat(tls.https()).isEmpty();
    assertThat(read(SERVER).tls().servers()).isEmpty();
  }

  @Test
  void shouldReadTheKeyThatServersShareAndNeverShowIt() {
    String key = SharedKey.fresh();
    AgentConfig config = read(SERVER + "datacenter = \"dc2\" encrypt = \"" + key + "\"");
    assertThat(config.tls().sharedKey()).contains(SharedKey.parse(key));
    assertThat(config.tls().serverName()).isEqualTo("server.dc2.consul");
    assertThat(config.toString()).doesNotContain(key);
    assertThat(read(SERVER).tls().sharedKey()).isEmpty();
  }

  @Test
  void shouldTakeWhatIsSwitchedOffForWhatItIs() {
    assertThat(
            read(SERVER + "acl { enabled = false } verify_incoming = false encrypt = \"\"")
                .server())
        .isTrue();
  }

  private AgentConfig read(String text) {
    return AgentConfigReader.read(sources(false, List.of(), List.of(text)));
  }

  private AgentConfigReader.Sources sources(
      boolean dev, List<String> files, List<String> fragments) {
    return new AgentConfigReader.Sources(dev, files, "", List.of(), fragments, directory);
  }
}
