package io.hanse.fsm.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ExportedServiceRule;
import io.hanse.fsm.row.IntentionHeaderPermission;
import io.hanse.fsm.row.IntentionHttpPermission;
import io.hanse.fsm.row.IntentionPermission;
import io.hanse.fsm.row.ServiceConsumer;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.UpstreamSettings;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Consul refuses in config entries, with its words. */
class ConfigEntryRefusalsTest {
  private static final String PERMISSIONS = "Sources[0].Permissions[0]";

  private static ConfigEntry entry(
      ConfigEntryKind kind, String name, Consumer<ConfigEntry.Builder> content) {
    ConfigEntry.Builder builder = kind.prototype().toBuilder().setName(name);
    content.accept(builder);
    return builder.build();
  }

  private static Arguments refused(ConfigEntry entry, String text) {
    return Arguments.of(entry, text);
  }

  private static Arguments one(ConfigEntry entry, String finding) {
    return Arguments.of(entry, "1 error occurred:\n\t* " + finding + "\n\n");
  }

  private static ConfigEntry exports(Consumer<ExportedServiceRule.Builder> rule) {
    return entry(
        ConfigEntryKind.EXPORTED_SERVICES,
        "default",
        entry -> rule.accept(entry.getExportedServicesBuilder().addServicesBuilder()));
  }

  private static ConfigEntry consumer(Consumer<ServiceConsumer.Builder> consumer) {
    return exports(rule -> consumer.accept(rule.setName("web").addConsumersBuilder()));
  }

  private static ConfigEntry intentions(String name, SourceIntention.Builder... sources) {
    return entry(
        ConfigEntryKind.SERVICE_INTENTIONS,
        name,
        entry ->
            Arrays.stream(sources)
                .forEach(source -> entry.getServiceIntentionsBuilder().addSources(source)));
  }

  private static SourceIntention.Builder source(String name) {
    return SourceIntention.newBuilder().setName(name).setAction("allow");
  }

  private static ConfigEntry http(Consumer<IntentionHttpPermission.Builder> http) {
    IntentionPermission.Builder permission = IntentionPermission.newBuilder().setAction("allow");
    http.accept(permission.getHttpBuilder());
    return intentions("web", source("a").clearAction().addPermissions(permission));
  }

  private static ConfigEntry header(Consumer<IntentionHeaderPermission.Builder> header) {
    return http(http -> header.accept(http.addHeaderBuilder()));
  }

  private static ConfigEntry defaults(Consumer<ConfigEntry.Builder> content) {
    return entry(ConfigEntryKind.SERVICE_DEFAULTS, "x", content);
  }

  private static ConfigEntry override(Consumer<UpstreamSettings.Builder> override) {
    return defaults(
        entry ->
            override.accept(
                entry
                    .getServiceDefaultsBuilder()
                    .getUpstreamConfigBuilder()
                    .addOverridesBuilder()));
  }

  static Stream<Arguments> exportedServices() {
    return Stream.of(
        refused(
            entry(ConfigEntryKind.EXPORTED_SERVICES, "other", entry -> {}),
            "exported-services Name must be \"default\""),
        refused(exports(rule -> {}), "Services[0]: service name cannot be empty"),
        refused(
            exports(rule -> rule.setName("web")), "Services[0]: must have at least one consumer"),
        refused(
            consumer(one -> one.setPeer("a").setPartition("b")),
            "Services[0].Consumers[0]: must define at most one of Peer, Partition, or"
                + " SamenessGroup"),
        refused(
            consumer(one -> one.setPeer("*")),
            "Services[0].Consumers[0]: exporting to all peers (wildcard) is not supported"),
        refused(
            consumer(one -> one.setPartition("*")),
            "Services[0].Consumers[0]: exporting to all partitions (wildcard) is not supported"),
        refused(
            consumer(one -> one.setSamenessGroup("g")),
            "Services[0].Consumers[0]: sameness-groups are an enterprise-only feature"));
  }

  static Stream<Arguments> serviceIntentions() {
    return Stream.of(
        refused(intentions(""), "Name is required"),
        refused(
            intentions("a*", source("b")),
            "Name: wildcard character '*' cannot be used with partial values"),
        refused(intentions("web"), "At least one source is required"),
        refused(intentions("web", source("")), "Sources[0].Name is required"),
        refused(
            intentions("web", source("a*")),
            "Sources[0].Name: wildcard character '*' cannot be used with partial values"),
        refused(
            intentions("web", source("a").setPeer("*")),
            "Sources[0].Peer: cannot use wildcard '*' in peer"),
        refused(
            intentions("web", source("a").setAction("maybe")),
            "Sources[0].Action must be set to 'allow' or 'deny'"),
        refused(
            intentions("web", source("a").setType("zz")),
            "Sources[0].Type must be set to 'consul'"),
        refused(
            intentions("web", source("a").setDescription("x".repeat(513))),
            "Sources[0].Description exceeds maximum length 512"),
        refused(
            intentions("web", source("a").putLegacyMeta("k", "v")),
            "Sources[0].LegacyMeta must be omitted"),
        refused(
            intentions("web", source("a"), source("a").setAction("deny")),
            "Sources[1] defines \"a\" more than once"),
        refused(
            intentions("web", source("a").setPeer("p"), source("a").setPeer("p")),
            "Sources[1] defines peer(\"p\") \"a\" more than once"),
        refused(
            intentions("web", source("a").addPermissions(IntentionPermission.newBuilder())),
            "Sources[0].Action must be omitted if Permissions are specified"),
        refused(
            intentions(
                "*", source("a").clearAction().addPermissions(IntentionPermission.newBuilder())),
            "Sources[0].Permissions cannot be specified on intentions with wildcarded"
                + " destinations"));
  }

  static Stream<Arguments> permissions() {
    return Stream.of(
        refused(
            intentions(
                "web",
                source("a")
                    .clearAction()
                    .addPermissions(IntentionPermission.newBuilder().setAction("allow"))),
            PERMISSIONS + ".HTTP is required"),
        refused(
            intentions(
                "web", source("a").clearAction().addPermissions(IntentionPermission.newBuilder())),
            PERMISSIONS + ".Action must be set to 'allow' or 'deny'"),
        refused(http(http -> {}), PERMISSIONS + ".HTTP should not be empty"),
        refused(
            http(http -> http.setPathExact("x")),
            PERMISSIONS + ".HTTP.PathExact doesn't start with '/': \"x\""),
        refused(
            http(http -> http.setPathPrefix("x")),
            PERMISSIONS + ".HTTP.PathPrefix doesn't start with '/': \"x\""),
        refused(
            http(http -> http.setPathExact("/x").setPathPrefix("/y")),
            PERMISSIONS
                + ".HTTP should only contain at most one of PathExact, PathPrefix, or PathRegex"),
        refused(
            http(http -> http.addMethods("FLY")),
            PERMISSIONS + ".HTTP.Methods contains an invalid method \"FLY\""),
        refused(
            http(http -> http.addMethods("GET").addMethods("get")),
            PERMISSIONS + ".HTTP.Methods contains \"GET\" more than once"),
        refused(
            header(header -> header.setPresent(true)),
            PERMISSIONS + ".HTTP.Header[0] missing required Name field"),
        refused(
            header(header -> header.setName("h").setPresent(true).setExact("x")),
            PERMISSIONS
                + ".HTTP.Header[0] should only contain one of Present, Exact, Prefix, Suffix,"
                + " Contains, or Regex"),
        refused(
            header(header -> header.setName("h").setPresent(true).setIgnoreCase(true)),
            PERMISSIONS
                + ".HTTP.Header[0] should set one of Exact, Prefix, Suffix, or Contains when"
                + " using IgnoreCase"));
  }

  static Stream<Arguments> serviceDefaults() {
    return Stream.of(
        refused(entry(ConfigEntryKind.SERVICE_DEFAULTS, "", entry -> {}), "Name is required"),
        refused(
            entry(ConfigEntryKind.SERVICE_DEFAULTS, "*", entry -> {}),
            "service-defaults name must be the name of a service, and not a wildcard"),
        refused(
            defaults(entry -> entry.getServiceDefaultsBuilder().setMutualTlsMode("zz")),
            "Invalid MutualTLSMode \"zz\". Must be one of \"\", \"strict\", or \"permissive\"."),
        one(
            defaults(entry -> entry.getServiceDefaultsBuilder().setProtocol("carrier-pigeon")),
            "invalid value for protocol: carrier-pigeon"),
        one(
            defaults(entry -> entry.getServiceDefaultsBuilder().setBalanceInboundConnections("z")),
            "invalid value for balance_inbound_connections: z"),
        one(
            override(upstream -> upstream.setConnectTimeoutMs(1)),
            "error in upstream override for :: Name is required"),
        one(
            override(upstream -> upstream.setName("*")),
            "error in upstream override for *:: Wildcard name is not supported"),
        one(
            defaults(
                entry ->
                    entry
                        .getServiceDefaultsBuilder()
                        .getUpstreamConfigBuilder()
                        .getDefaultsBuilder()
                        .setName("a")),
            "error in upstream defaults: Name must be empty"),
        one(
            defaults(
                entry ->
                    entry
                        .getServiceDefaultsBuilder()
                        .getUpstreamConfigBuilder()
                        .getDefaultsBuilder()
                        .getLimitsBuilder()
                        .setMaxConnections(-1)),
            "error in upstream defaults: 1 error occurred:\n\t* max connections cannot be"
                + " negative\n\n"),
        one(
            defaults(entry -> entry.getServiceDefaultsBuilder().getDestinationBuilder().setPort(1)),
            "Destination must contain at least one valid address"),
        one(
            defaults(
                entry ->
                    entry
                        .getServiceDefaultsBuilder()
                        .getDestinationBuilder()
                        .setPort(1)
                        .addAddresses("a.b")
                        .addAddresses("a.b")),
            "Duplicate address 'a.b' is not allowed"),
        one(
            defaults(
                entry ->
                    entry.getServiceDefaultsBuilder().getDestinationBuilder().addAddresses("a.b")),
            "Invalid Port number 0"),
        one(
            defaults(entry -> entry.putMeta("k", "v".repeat(513))),
            "Meta value for key \"k\" exceeds maximum length 512"),
        one(
            defaults(
                entry -> {
                  for (int i = 0; i < 65; i++) {
                    entry.putMeta("k" + i, "v");
                  }
                }),
            "Meta exceeds maximum element count 64"));
  }

  static Stream<Arguments> others() {
    return Stream.of(
        refused(
            entry(ConfigEntryKind.PROXY_DEFAULTS, "local", entry -> {}),
            "invalid name (\"local\"), only \"global\" is supported"),
        refused(
            entry(
                ConfigEntryKind.PROXY_DEFAULTS,
                "global",
                entry -> entry.getProxyDefaultsBuilder().getAccessLogsBuilder().setType("zz")),
            "invalid access log type: zz"),
        refused(
            entry(
                ConfigEntryKind.PROXY_DEFAULTS,
                "global",
                entry -> entry.getProxyDefaultsBuilder().getAccessLogsBuilder().setType("file")),
            "path must be specified when using file type access logs"),
        refused(
            entry(
                ConfigEntryKind.MESH,
                "mesh",
                entry ->
                    entry
                        .getMeshBuilder()
                        .getTlsBuilder()
                        .getIncomingBuilder()
                        .setTlsMinVersion("TLSv1_2")
                        .setTlsMaxVersion("TLSv1_1")),
            "error in incoming TLS configuration: configuring max version TLSv1_1 less than the"
                + " configured min version TLSv1_2 is invalid"),
        refused(
            entry(
                ConfigEntryKind.MESH,
                "mesh",
                entry ->
                    entry
                        .getMeshBuilder()
                        .getTlsBuilder()
                        .getOutgoingBuilder()
                        .setTlsMinVersion("TLSv1_3")
                        .addCipherSuites("any")),
            "error in outgoing TLS configuration: configuring CipherSuites is only applicable to"
                + " connections negotiated with TLS 1.2 or earlier, TLSMinVersion is set to"
                + " TLSv1_3"),
        refused(
            entry(
                ConfigEntryKind.MESH,
                "mesh",
                entry ->
                    entry
                        .getMeshBuilder()
                        .getTlsBuilder()
                        .getOutgoingBuilder()
                        .setTlsMinVersion("SSLv3")),
            "error in outgoing TLS configuration: no matching TLS version found for SSLv3, please"
                + " specify one of [TLS_AUTO, TLSv1_0, TLSv1_1, TLSv1_2, TLSv1_3]"));
  }

  @ParameterizedTest
  @MethodSource({
    "exportedServices",
    "serviceIntentions",
    "permissions",
    "serviceDefaults",
    "others"
  })
  void shouldRefuseWithConsulsText(ConfigEntry entry, String text) {
    assertThatThrownBy(() -> ConfigEntryKind.prepare(entry))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT))
        .hasMessage(text);
  }

  @Test
  void shouldTakePeeringThroughGateways() {
    ConfigEntry entry =
        entry(
            ConfigEntryKind.MESH,
            "mesh",
            mesh -> mesh.getMeshBuilder().getPeeringBuilder().setPeerThroughMeshGateways(true));

    assertThat(ConfigEntryKind.prepare(entry).getMesh().getPeering().getPeerThroughMeshGateways())
        .isTrue();
  }

  @Test
  void shouldRefuseAPolicyThatAHealthyPeerWouldBreak() {
    ConfigEntry hasty =
        entry(
            ConfigEntryKind.PEERING,
            "west",
            policy ->
                policy
                    .getPeeringBuilder()
                    .setOnStale(PeeringPolicies.WITHDRAW)
                    .setStaleAfter(Duration.newBuilder().setSeconds(44)));
    assertThatThrownBy(() -> ConfigEntryKind.prepare(hasty))
        .hasMessage(
            "StaleAfter must be between 45s and 720h0m0s: a healthy peer is heard every 15s");
    ConfigEntry vague =
        entry(
            ConfigEntryKind.PEERING,
            "west",
            policy -> policy.getPeeringBuilder().setOnStale("withdrawn"));
    assertThatThrownBy(() -> ConfigEntryKind.prepare(vague))
        .hasMessage("OnStale must be one of serve, warn, withdraw, not \"withdrawn\"");
  }
}
