package io.hanse.fsm.view;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.ProxyDefaults;
import io.hanse.fsm.row.ServiceDefaults;
import io.hanse.fsm.row.Upstream;
import io.hanse.fsm.row.UpstreamSettings;
import io.hanse.fsm.view.CentralConfig.OpenOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What the config entries add to the upstreams of one proxy. */
final class UpstreamDefaults {
  private static final String SERVICE = "service";
  private static final String PROTOCOL = "protocol";
  private static final String TRANSPARENT = "transparent";
  private static final String ALL_SERVICES = "*";
  private static final String DEFAULT = "default";
  private static final long NANOS_OF_SECOND = 1_000_000_000L;

  private final Function<String, ServiceDefaults> defaultsOf;
  private final String protocolOfAll;
  private final ServiceDefaults own;
  private final String centralMode;
  private final String registeredMode;

  /**
   * What is known before the upstreams are looked at.
   *
   * @param centralMode how config entries want gateways to be used
   * @param registeredMode how the proxy's registration does
   */
  UpstreamDefaults(
      Function<String, ServiceDefaults> defaultsOf,
      ProxyDefaults ofAll,
      ServiceDefaults own,
      String centralMode,
      String registeredMode) {
    this.defaultsOf = defaultsOf;
    this.protocolOfAll =
        ofAll.getConfig().getFieldsOrDefault(PROTOCOL, Value.getDefaultInstance()).getStringValue();
    this.own = own;
    this.centralMode = centralMode;
    this.registeredMode = registeredMode;
  }

  /** With a transparent proxy, also adds upstreams that only config entries speak of. */
  void mergeInto(ConnectProxyConfig.Builder proxy) {
    Set<String> present = new TreeSet<>();
    for (Upstream.Builder upstream : proxy.getUpstreamsBuilderList()) {
      String type = upstream.getDestinationType();
      if (type.isEmpty() || type.equals(SERVICE)) {
        present.add(id(upstream.getDestinationName(), upstream.getDestinationPeer()));
        merge(upstream);
      }
    }
    if (proxy.getMode().equals(TRANSPARENT)) {
      for (Upstream.Builder central : centralUpstreams()) {
        if (!present.contains(id(central.getDestinationName(), central.getDestinationPeer()))) {
          proxy.addUpstreams(central);
        }
      }
    }
  }

  private static String id(String name, String peer) {
    return Keys.fold(name) + "\0" + peer;
  }

  private void merge(Upstream.Builder upstream) {
    String name = upstream.getDestinationName();
    String peer = upstream.getDestinationPeer();
    if (upstream.getMeshGateway().getMode().isEmpty() && !modeOf(name, peer).isEmpty()) {
      upstream.getMeshGatewayBuilder().setMode(modeOf(name, peer));
    }
    Optional<Value> protocol =
        Optional.ofNullable(upstream.getConfig().getFieldsMap().get(PROTOCOL));
    Struct.Builder merged =
        OpenOptions.merged(upstream.getConfig(), optionsOf(name, peer)).toBuilder();
    if (!peer.isEmpty()) {
      // What a peer's service speaks is for the peer to say.
      merged.removeFields(PROTOCOL);
      protocol.ifPresent(value -> merged.putFields(PROTOCOL, value));
    }
    if (merged.getFieldsCount() > 0) {
      upstream.setConfig(merged);
    }
  }

  private List<Upstream.Builder> centralUpstreams() {
    List<Upstream.Builder> upstreams = new ArrayList<>();
    Struct ofAny = optionsOfAny();
    if (ofAny.getFieldsCount() > 0 || !modeOf(ALL_SERVICES, "").isEmpty()) {
      upstreams.add(central(ALL_SERVICES, "", ofAny));
    }
    for (UpstreamSettings override : own.getUpstreamConfig().getOverridesList()) {
      upstreams.add(
          central(
              override.getName(),
              override.getPeer(),
              optionsOf(override.getName(), override.getPeer())));
    }
    return upstreams;
  }

  private Upstream.Builder central(String name, String peer, Struct options) {
    Upstream.Builder upstream =
        Upstream.newBuilder()
            .setDestinationNamespace(DEFAULT)
            .setDestinationPartition(DEFAULT)
            .setDestinationName(name)
            .setDestinationPeer(peer)
            .setCentrallyConfigured(true);
    Struct.Builder all = options.toBuilder();
    String mode = modeOf(name, peer);
    if (!mode.isEmpty()) {
      upstream.getMeshGatewayBuilder().setMode(mode);
      all.putFields("mesh_gateway", open(upstream.getMeshGateway()));
    }
    if (all.getFieldsCount() > 0) {
      upstream.setConfig(all);
    }
    return upstream;
  }

  private Optional<UpstreamSettings> overrideOf(String name, String peer) {
    return own.getUpstreamConfig().getOverridesList().stream()
        .filter(one -> id(one.getName(), one.getPeer()).equals(id(name, peer)))
        .findFirst();
  }

  /** The most particular that is said: of the upstream, of the proxy, of all its upstreams. */
  private String modeOf(String name, String peer) {
    String ofUpstream =
        overrideOf(name, peer).map(one -> one.getMeshGateway().getMode()).orElse("");
    if (!ofUpstream.isEmpty()) {
      return ofUpstream;
    }
    if (!registeredMode.isEmpty()) {
      return registeredMode;
    }
    String ofUpstreams = own.getUpstreamConfig().getDefaults().getMeshGateway().getMode();
    return ofUpstreams.isEmpty() ? centralMode : ofUpstreams;
  }

  private Struct optionsOfAny() {
    Struct.Builder options = Struct.newBuilder();
    put(options, own.getUpstreamConfig().getDefaults());
    return options.build();
  }

  private Struct optionsOf(String name, String peer) {
    Struct.Builder options = Struct.newBuilder();
    OpenOptions.put(options, PROTOCOL, protocolOfAll);
    OpenOptions.put(options, PROTOCOL, defaultsOf.apply(name).getProtocol());
    put(options, own.getUpstreamConfig().getDefaults());
    overrideOf(name, peer).ifPresent(override -> put(options, override));
    return options.build();
  }

  private static void put(Struct.Builder options, UpstreamSettings settings) {
    OpenOptions.put(options, "envoy_listener_json", settings.getEnvoyListenerJson());
    OpenOptions.put(options, "envoy_cluster_json", settings.getEnvoyClusterJson());
    OpenOptions.put(options, PROTOCOL, settings.getProtocol());
    OpenOptions.put(options, "connect_timeout_ms", settings.getConnectTimeoutMs());
    if (settings.hasLimits()) {
      options.putFields("limits", open(settings.getLimits()));
    }
    if (settings.hasPassiveHealthCheck()) {
      options.putFields("passive_health_check", open(settings.getPassiveHealthCheck()));
    }
    OpenOptions.put(
        options, "balance_outbound_connections", settings.getBalanceOutboundConnections());
  }

  /** A message as an open value: its set fields by the names that JSON gives them. */
  private static Value open(Message message) {
    Struct.Builder fields = Struct.newBuilder();
    message
        .getAllFields()
        .forEach((field, value) -> fields.putFields(field.getJsonName(), open(field, value)));
    return Value.newBuilder().setStructValue(fields).build();
  }

  private static Value open(FieldDescriptor field, Object value) {
    if (value instanceof Duration duration) {
      double nanos = duration.getSeconds() * (double) NANOS_OF_SECOND + duration.getNanos();
      return Value.newBuilder().setNumberValue(nanos).build();
    } else if (value instanceof Number number) {
      return Value.newBuilder().setNumberValue(number.doubleValue()).build();
    } else if (value instanceof Boolean flag) {
      return Value.newBuilder().setBoolValue(flag).build();
    } else if (value instanceof Message message) {
      return open(message);
    }
    return Value.newBuilder().setStringValue(field.isRepeated() ? "" : value.toString()).build();
  }
}
