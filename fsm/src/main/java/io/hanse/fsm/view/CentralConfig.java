package io.hanse.fsm.view;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.config.ProxyRules;
import io.hanse.fsm.row.AccessLogsConfig;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.ExposeConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ProxyDefaults;
import io.hanse.fsm.row.ServiceDefaults;
import io.hanse.fsm.row.TransparentProxyConfig;
import io.hanse.fsm.store.Rows;

/**
 * What a proxy or a gateway is configured to be, all told: its registration, where that is silent
 * the service's own defaults, where they are silent those of all proxies.
 */
public final class CentralConfig {
  private final ConfigEntries entries;

  public CentralConfig(Rows rows) {
    entries = new ConfigEntries(rows);
  }

  /** Whether config entries add anything to services of this kind. */
  public static boolean isMerged(NodeService service) {
    return service.getKind().equals(ServiceKinds.CONNECT_PROXY)
        || ProxyRules.isGateway(service.getKind());
  }

  /** The service with what the config entries add to it; one without a proxy is as it was. */
  public NodeService merged(NodeService service) {
    if (!isMerged(service)) {
      return service;
    }
    boolean isSidecar = service.getKind().equals(ServiceKinds.CONNECT_PROXY);
    ProxyDefaults ofAll =
        entries
            .singleton(ConfigEntryKind.PROXY_DEFAULTS)
            .map(ConfigEntry::getProxyDefaults)
            .orElse(ProxyDefaults.getDefaultInstance());
    ServiceDefaults own =
        ofService(
            isSidecar ? service.getProxy().getDestinationServiceName() : service.getService());
    ConnectProxyConfig.Builder proxy = service.getProxy().toBuilder();
    String registeredMode = proxy.getMeshGateway().getMode();
    String centralMode = or(own.getMeshGateway().getMode(), ofAll.getMeshGateway().getMode());
    mergeOptions(proxy, ofAll, own);
    mergeForms(proxy, ofAll, own);
    if (registeredMode.isEmpty() && !centralMode.isEmpty()) {
      proxy.getMeshGatewayBuilder().setMode(centralMode);
    }
    new UpstreamDefaults(this::ofService, ofAll, own, centralMode, registeredMode).mergeInto(proxy);
    return service.toBuilder().setProxy(proxy).build();
  }

  private ServiceDefaults ofService(String name) {
    return entries
        .entry(ConfigEntryKind.SERVICE_DEFAULTS, name)
        .map(ConfigEntry::getServiceDefaults)
        .orElse(ServiceDefaults.getDefaultInstance());
  }

  private static String or(String one, String other) {
    return one.isEmpty() ? other : one;
  }

  private static void mergeOptions(
      ConnectProxyConfig.Builder proxy, ProxyDefaults ofAll, ServiceDefaults own) {
    Struct.Builder central = ofAll.getConfig().toBuilder();
    OpenOptions.put(central, "protocol", own.getProtocol());
    OpenOptions.put(central, "balance_inbound_connections", own.getBalanceInboundConnections());
    OpenOptions.put(central, "max_inbound_connections", own.getMaxInboundConnections());
    OpenOptions.put(central, "local_connect_timeout_ms", own.getLocalConnectTimeoutMs());
    OpenOptions.put(central, "local_request_timeout_ms", own.getLocalRequestTimeoutMs());
    Struct merged = OpenOptions.merged(proxy.getConfig(), central.build());
    if (merged.getFieldsCount() > 0) {
      proxy.setConfig(merged);
    }
    proxy
        .clearEnvoyExtensions()
        .addAllEnvoyExtensions(ofAll.getEnvoyExtensionsList())
        .addAllEnvoyExtensions(own.getEnvoyExtensionsList());
  }

  private static void mergeForms(
      ConnectProxyConfig.Builder proxy, ProxyDefaults ofAll, ServiceDefaults own) {
    proxy.setMode(or(proxy.getMode(), or(own.getMode(), ofAll.getMode())));
    ExposeConfig.Builder expose = proxy.getExposeBuilder();
    expose.setChecks(
        expose.getChecks() || own.getExpose().getChecks() || ofAll.getExpose().getChecks());
    if (expose.getPathsCount() == 0) {
      expose.addAllPaths(
          own.getExpose().getPathsCount() > 0
              ? own.getExpose().getPathsList()
              : ofAll.getExpose().getPathsList());
    }
    TransparentProxyConfig transparent =
        ofAll.getTransparentProxy().toBuilder()
            .mergeFrom(own.getTransparentProxy())
            .mergeFrom(proxy.getTransparentProxy())
            .build();
    if (!transparent.equals(TransparentProxyConfig.getDefaultInstance())) {
      proxy.setTransparentProxy(transparent);
    }
    AccessLogsConfig logs =
        ofAll.getAccessLogs().toBuilder().mergeFrom(proxy.getAccessLogs()).build();
    if (!logs.equals(AccessLogsConfig.getDefaultInstance())) {
      proxy.setAccessLogs(logs);
    }
  }

  /** Options of any name, as Envoy's. */
  static final class OpenOptions {
    private OpenOptions() {}

    static void put(Struct.Builder options, String key, String text) {
      if (!text.isEmpty()) {
        options.putFields(key, Value.newBuilder().setStringValue(text).build());
      }
    }

    static void put(Struct.Builder options, String key, int number) {
      if (number != 0) {
        options.putFields(key, Value.newBuilder().setNumberValue(number).build());
      }
    }

    /** The first, and what only the second has; an empty value is none. */
    static Struct merged(Struct first, Struct second) {
      Struct.Builder all = first.toBuilder();
      second
          .getFieldsMap()
          .forEach(
              (key, value) -> {
                Value own = first.getFieldsOrDefault(key, Value.getDefaultInstance());
                if (own.hasStructValue() && value.hasStructValue()) {
                  Struct deep = merged(own.getStructValue(), value.getStructValue());
                  all.putFields(key, Value.newBuilder().setStructValue(deep).build());
                } else if (isEmpty(own) && !isEmpty(value)) {
                  all.putFields(key, value);
                }
              });
      return all.build();
    }

    private static boolean isEmpty(Value value) {
      return switch (value.getKindCase()) {
        case STRING_VALUE -> value.getStringValue().isEmpty();
        case NUMBER_VALUE -> value.getNumberValue() == 0;
        case BOOL_VALUE -> !value.getBoolValue();
        case STRUCT_VALUE -> value.getStructValue().getFieldsCount() == 0;
        case LIST_VALUE -> value.getListValue().getValuesCount() == 0;
        case NULL_VALUE, KIND_NOT_SET -> true;
      };
    }
  }
}
