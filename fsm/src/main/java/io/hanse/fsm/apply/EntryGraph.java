package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.chain.ChainCompiler;
import io.hanse.fsm.chain.ChainCompiler.Compilation;
import io.hanse.fsm.chain.ChainRequest;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.config.EntryLinks;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.IngressListener;
import io.hanse.fsm.row.IngressService;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.Keys;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a change of one entry does to the others: every chain, listener and intention that the entry
 * has a part in must still make sense after it. It is made before the change, to know what was, and
 * asked after it.
 */
final class EntryGraph {
  private static final String WILDCARD = "*";
  private static final String TCP = "tcp";
  private static final String RESOLVER = "resolver";
  private static final String DATACENTER_IN_TEXTS = "dc1";

  /** A change of an entry of one of these may reach so far; beyond it is a design to think over. */
  private static final int CHAINS_MAX = 10_000;

  private final Rows rows;
  private final ConfigEntries entries;
  private final PeerExports exports;
  private final Optional<ConfigEntryKind> kind;
  private final String name;
  private final Map<String, Set<String>> targetsBefore = new LinkedHashMap<>();

  private EntryGraph(Rows rows, String kind, String name) {
    this.rows = rows;
    this.entries = new ConfigEntries(rows);
    this.exports = new PeerExports(rows);
    this.kind = ConfigEntryKind.find(kind);
    this.name = name;
  }

  /** Of the entry that is about to change. */
  static EntryGraph before(Rows rows, String kind, String name) {
    EntryGraph graph = new EntryGraph(rows, kind, name);
    if (graph.exports.any()) {
      for (String service : graph.affected()) {
        if (graph.exports.mayInclude(service)) {
          graph.targetsBefore.put(service, graph.targetsNow(service));
        }
      }
    }
    return graph;
  }

  /** Refuses the change if something does not make sense now. */
  void requireSound() {
    if (kind.equals(Optional.of(ConfigEntryKind.EXPORTED_SERVICES))) {
      for (String service : exports.withChains()) {
        exports.requireFlat(service, compile(service));
      }
      return;
    }
    Map<String, Compilation> chains = new LinkedHashMap<>();
    for (String service : affected()) {
      Compilation chain = compile(service);
      chains.put(Keys.fold(service), chain);
      requireProtocolOfIntentions(service, chain);
      if (exports.includes(service)) {
        exports.requireFlat(service, chain);
        requireNoNewTargets(service, chain);
      }
    }
    Set<String> gateways = new LinkedHashSet<>();
    for (String service : affected()) {
      for (ConfigEntry entry : entries.leadingTo(service)) {
        if (entry.hasIngressGateway() && gateways.add(entry.getName())) {
          requireProtocolOfListeners(entry, chains);
        }
      }
    }
  }

  /**
   * The names whose chains the entry has a part in, its own first. All of them are looked at where
   * the entry is about all services.
   */
  private Set<String> affected() {
    Set<String> services = new LinkedHashSet<>();
    if (kind.isEmpty()) {
      return services;
    }
    switch (kind.get()) {
      case SERVICE_DEFAULTS, SERVICE_RESOLVER, SERVICE_SPLITTER, SERVICE_ROUTER ->
          addWithReferrers(name, services);
      case PROXY_DEFAULTS -> addAll(services);
      case SERVICE_INTENTIONS -> services.add(name);
      case INGRESS_GATEWAY ->
          entries
              .entry(ConfigEntryKind.INGRESS_GATEWAY, name)
              .map(EntryLinks::services)
              .ifPresent(services::addAll);
      default -> {}
    }
    services.remove(WILDCARD);
    return services;
  }

  private void addWithReferrers(String first, Set<String> services) {
    Deque<String> open = new ArrayDeque<>();
    open.add(first);
    while (!open.isEmpty()) {
      String service = open.remove();
      if (!services.add(service)) {
        continue;
      }
      if (services.size() > CHAINS_MAX) {
        throw invalid("more than " + CHAINS_MAX + " discovery chains depend on \"" + name + "\"");
      }
      for (ConfigEntry entry : entries.leadingTo(service)) {
        if (!entry.hasIngressGateway()) {
          open.add(entry.getName());
        }
      }
    }
  }

  private void addAll(Set<String> services) {
    for (ConfigEntryKind one : ChainKinds.ALL) {
      entries.ofKind(one.wireName()).forEach(entry -> services.add(entry.getName()));
    }
    entries
        .ofKind(ConfigEntryKind.INGRESS_GATEWAY.wireName())
        .forEach(entry -> services.addAll(EntryLinks.services(entry)));
    entries
        .ofKind(ConfigEntryKind.SERVICE_INTENTIONS.wireName())
        .forEach(entry -> services.add(entry.getName()));
  }

  private Compilation compile(String service) {
    Ca ca = new Ca(rows);
    String datacenter =
        ca.cluster().map(ClusterIdentity::getDatacenter).orElse(DATACENTER_IN_TEXTS);
    return ChainCompiler.compile(
        rows, ChainRequest.of(service, datacenter, ca.trustDomain().orElse("")));
  }

  private Set<String> targetsNow(String service) {
    try {
      return PeerExports.targets(compile(service).chain()).keySet();
    } catch (ProblemException broken) {
      // What was broken led nowhere.
      return Set.of();
    }
  }

  /** A peer reaches a service of bytes by one name: its certificate can't have another tomorrow. */
  private void requireNoNewTargets(String service, Compilation chain) {
    String protocol = chain.chain().getProtocol();
    if (ConfigEntries.isHttpLike(protocol)) {
      return;
    }
    Set<String> known = targetsBefore.getOrDefault(service, Set.of());
    PeerExports.targets(chain.chain())
        .forEach(
            (identity, target) -> {
              if (!known.contains(identity)) {
                throw invalid(
                    "peer exported service \""
                        + service
                        + "\" uses protocol=\""
                        + protocol
                        + "\" and cannot introduce new discovery chain targets like \""
                        + target
                        + "\"");
              }
            });
  }

  /** Intentions about requests need a destination whose protocol has requests. */
  private void requireProtocolOfIntentions(String service, Compilation chain) {
    String protocol = chain.chain().getProtocol();
    entries
        .entry(ConfigEntryKind.SERVICE_INTENTIONS, service)
        .filter(EntryGraph::isOfRequests)
        .filter(intentions -> !ConfigEntries.isHttpLike(protocol))
        .ifPresent(
            intentions -> {
              throw invalid(
                  "service \""
                      + intentions.getName()
                      + "\" has protocol \""
                      + protocol
                      + "\", which is incompatible with L7 intentions permissions");
            });
  }

  private static boolean isOfRequests(ConfigEntry intentions) {
    return intentions.getServiceIntentions().getSourcesList().stream()
        .anyMatch(source -> source.getPermissionsCount() > 0);
  }

  /** A listener for bytes may lead to a service of requests, unless its author says so just now. */
  private void requireProtocolOfListeners(ConfigEntry gateway, Map<String, Compilation> chains) {
    boolean isWrittenNow = kind.equals(Optional.of(ConfigEntryKind.INGRESS_GATEWAY));
    for (IngressListener listener : gateway.getIngressGateway().getListenersList()) {
      for (IngressService one : listener.getServicesList()) {
        Compilation chain = chains.get(Keys.fold(one.getName()));
        if (chain == null || chain.chain().getProtocol().equals(listener.getProtocol())) {
          continue;
        }
        boolean isTolerable =
            listener.getProtocol().equals(TCP) && chain.startType().equals(RESOLVER);
        if (isWrittenNow || !isTolerable) {
          throw invalid(
              "service \""
                  + one.getName()
                  + "\" has protocol \""
                  + chain.chain().getProtocol()
                  + "\", which does not match defined listener protocol \""
                  + listener.getProtocol()
                  + "\"");
        }
      }
    }
  }
}
