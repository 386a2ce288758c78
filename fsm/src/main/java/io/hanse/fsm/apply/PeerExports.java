package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.chain.ChainCompiler.Compilation;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.ChainNode;
import io.hanse.fsm.row.ChainTarget;
import io.hanse.fsm.row.CompiledChain;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ExportedServiceRule;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.ServiceKinds;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which services some peer may see, as far as it restricts their chains: what a peer is shown must
 * be of this cluster.
 */
final class PeerExports {
  private static final String WILDCARD = "*";

  private final Catalog catalog;
  private final ConfigEntries entries;

  PeerExports(Rows rows) {
    catalog = new Catalog(rows);
    entries = new ConfigEntries(rows);
  }

  private List<ExportedServiceRule> rules() {
    return entries
        .singleton(ConfigEntryKind.EXPORTED_SERVICES)
        .map(ConfigEntry::getExportedServices)
        .map(exported -> exported.getServicesList())
        .orElse(List.of())
        .stream()
        .filter(rule -> rule.getConsumersList().stream().anyMatch(one -> !one.getPeer().isEmpty()))
        .toList();
  }

  boolean any() {
    return !rules().isEmpty();
  }

  /** Whether it is named, or everything is. */
  boolean mayInclude(String service) {
    return isNamed(service) || isNamed(WILDCARD);
  }

  private boolean isNamed(String service) {
    String name = Keys.fold(service);
    return rules().stream().anyMatch(rule -> Keys.fold(rule.getName()).equals(name));
  }

  /** Everything means what is registered, and what has a chain. */
  boolean includes(String service) {
    return isNamed(service)
        || (isNamed(WILDCARD)
            && (hasChain(service) || catalog.hasKind("", ServiceKinds.TYPICAL, service)));
  }

  private boolean hasChain(String service) {
    return ChainKinds.ALL.stream().anyMatch(kind -> entries.entry(kind, service).isPresent());
  }

  /** Those that are not simply what their name says. */
  Set<String> withChains() {
    Set<String> names = new TreeSet<>();
    for (ExportedServiceRule rule : rules()) {
      if (!rule.getName().equals(WILDCARD)) {
        names.add(rule.getName());
        continue;
      }
      for (ConfigEntryKind kind : ChainKinds.ALL) {
        entries.ofKind(kind.wireName()).forEach(entry -> names.add(entry.getName()));
      }
    }
    return names;
  }

  /** Refuses to show a peer what is in another datacenter, or at another peer. */
  void requireFlat(String service, Compilation compilation) {
    for (ServiceResolver resolver : compilation.resolvers()) {
      if (!resolver.getRedirect().getDatacenter().isEmpty()) {
        throw contains(service, "cross-datacenter resolver redirect");
      }
      if (!resolver.getRedirect().getPeer().isEmpty()) {
        throw contains(service, "cross-peer resolver redirect");
      }
      for (ResolverFailover failover : resolver.getFailoverMap().values()) {
        if (failover.getDatacentersCount() > 0
            || failover.getTargetsList().stream().anyMatch(one -> !one.getDatacenter().isEmpty())) {
          throw contains(service, "cross-datacenter failover");
        }
      }
    }
  }

  private static RuntimeException contains(String service, String what) {
    return invalid("peer exported service \"" + service + "\" contains " + what);
  }

  /** The targets of a chain that a request is sent to first, by whose certificate they show. */
  static Map<String, String> targets(CompiledChain chain) {
    Set<String> turnedTo = new LinkedHashSet<>();
    for (ChainNode node : chain.getNodesMap().values()) {
      turnedTo.addAll(node.getResolver().getFailover().getTargetsList());
    }
    Map<String, String> byIdentity = new TreeMap<>();
    for (ChainTarget target : new TreeMap<>(chain.getTargetsMap()).values()) {
      if (!turnedTo.contains(target.getId())) {
        String where = target.getPeer().isEmpty() ? target.getDatacenter() : "@" + target.getPeer();
        byIdentity.putIfAbsent(Keys.fold(target.getService()) + "/" + where, target.getId());
      }
    }
    return byIdentity;
  }
}
