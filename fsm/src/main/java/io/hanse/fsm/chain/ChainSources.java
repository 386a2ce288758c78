package io.hanse.fsm.chain;

import com.google.protobuf.Value;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.Locality;
import io.hanse.fsm.row.ProxyDefaults;
import io.hanse.fsm.row.ServiceDefaults;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.fsm.row.ServiceRouter;
import io.hanse.fsm.row.ServiceSplitter;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the entries that a chain is made of, each once, and remembers which it was made of. */
final class ChainSources {
  private final ConfigEntries entries;
  private final Peerings peerings;
  private final Map<String, ServiceResolver> resolvers = new TreeMap<>();
  private final Map<String, Optional<ConfigEntry>> defaults = new TreeMap<>();
  private final Optional<ProxyDefaults> proxyDefaults;

  ChainSources(Rows rows) {
    entries = new ConfigEntries(rows);
    peerings = new Peerings(rows);
    proxyDefaults =
        entries.singleton(ConfigEntryKind.PROXY_DEFAULTS).map(ConfigEntry::getProxyDefaults);
  }

  Optional<ServiceRouter> router(String service) {
    return entries
        .entry(ConfigEntryKind.SERVICE_ROUTER, service)
        .map(ConfigEntry::getServiceRouter);
  }

  Optional<ServiceSplitter> splitter(String service) {
    return entries
        .entry(ConfigEntryKind.SERVICE_SPLITTER, service)
        .map(ConfigEntry::getServiceSplitter);
  }

  /** The empty one where there is none. */
  ServiceResolver resolver(String service) {
    return resolvers.computeIfAbsent(
        Keys.fold(service),
        name ->
            entries
                .entry(ConfigEntryKind.SERVICE_RESOLVER, name)
                .map(ConfigEntry::getServiceResolver)
                .orElse(ServiceResolver.getDefaultInstance()));
  }

  /** All resolvers that were asked for. */
  Collection<ServiceResolver> resolvers() {
    return Collections.unmodifiableCollection(resolvers.values());
  }

  Optional<ConfigEntry> defaultsEntry(String service) {
    return defaults.computeIfAbsent(
        Keys.fold(service), name -> entries.entry(ConfigEntryKind.SERVICE_DEFAULTS, name));
  }

  Optional<ServiceDefaults> serviceDefaults(String service) {
    return defaultsEntry(service).map(ConfigEntry::getServiceDefaults);
  }

  Optional<ProxyDefaults> proxyDefaults() {
    return proxyDefaults;
  }

  /**
   * An entry of its own without a word of the protocol means TCP, whatever holds for the others.
   */
  String protocol(String service) {
    String protocol =
        serviceDefaults(service)
            .map(ServiceDefaults::getProtocol)
            .orElseGet(
                () ->
                    proxyDefaults
                        .map(all -> all.getConfig().getFieldsOrDefault("protocol", NO_VALUE))
                        .map(Value::getStringValue)
                        .orElse(""));
    return protocol.isEmpty() ? "tcp" : protocol.toLowerCase(Locale.ROOT);
  }

  private static final Value NO_VALUE = Value.getDefaultInstance();

  /** Where a peer says that it is. */
  Optional<Locality> locality(String peer) {
    return peerings
        .byName(peer)
        .filter(peering -> peering.getRemote().hasLocality())
        .map(peering -> peering.getRemote().getLocality());
  }
}
