package io.hanse.fsm.view;

import com.google.protobuf.Value;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Config entries by kind and name. */
public final class ConfigEntries {
  private static final Set<String> HTTP_LIKE = Set.of("http", "http2", "grpc");
  private static final String TCP = "tcp";

  private final Rows rows;

  public ConfigEntries(Rows rows) {
    this.rows = rows;
  }

  /** Whether what is spoken consists of requests that can be told apart. */
  public static boolean isHttpLike(String protocol) {
    return HTTP_LIKE.contains(protocol);
  }

  public Optional<ConfigEntry> entry(String kind, String name) {
    return Tables.CONFIG_ENTRIES.get(rows, Keys.configEntry(kind, name));
  }

  public Optional<ConfigEntry> entry(ConfigEntryKind kind, String name) {
    return entry(kind.wireName(), name);
  }

  /** The only entry of a kind that has but one. */
  public Optional<ConfigEntry> singleton(ConfigEntryKind kind) {
    return kind.singletonName().flatMap(name -> entry(kind, name));
  }

  /** All of a kind by name; of all kinds for "". */
  public List<ConfigEntry> ofKind(String kind) {
    return Tables.CONFIG_ENTRIES.list(rows, kind.isEmpty() ? Key.EMPTY : Key.of(kind));
  }

  /** The routers, splitters, resolvers and ingress gateways that lead to a service. */
  public List<ConfigEntry> leadingTo(String service) {
    return Tables.CONFIG_ENTRIES.listBy(rows, TableId.ENTRIES_BY_LINK, Keys.link(service));
  }

  /** The routes that want to be bound to an API gateway. */
  public List<ConfigEntry> routesOf(String gateway) {
    return Tables.CONFIG_ENTRIES.listBy(rows, TableId.ROUTES_BY_GATEWAY, Keys.link(gateway));
  }

  /** The protocol of a service: its service-defaults, else proxy-defaults, else "tcp". */
  public String protocolOf(String service) {
    return entry(ConfigEntryKind.SERVICE_DEFAULTS, service)
        .map(entry -> entry.getServiceDefaults().getProtocol())
        .filter(protocol -> !protocol.isEmpty())
        .or(this::protocolOfAll)
        .orElse(TCP);
  }

  private Optional<String> protocolOfAll() {
    return singleton(ConfigEntryKind.PROXY_DEFAULTS)
        .map(entry -> entry.getProxyDefaults().getConfig())
        .map(config -> config.getFieldsOrDefault("protocol", Value.getDefaultInstance()))
        .map(value -> value.getStringValue().toLowerCase(Locale.ROOT))
        .filter(protocol -> !protocol.isEmpty());
  }
}
