package io.hanse.fsm.view;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ExportedServiceRule;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.ServiceConsumer;
import io.hanse.fsm.store.Rows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What this cluster shows to whom: exported-services entries and the catalog, wildcards expanded.
 * Imported services are never shown on. Source: peering protocol, sections 6.1 to 6.6.
 *
 * <p>No incomplete row is ever sent: it could end the other cluster's servers. What is left out is
 * told to the listener given.
 */
public final class ExportResolver {
  /** What the name of a service is followed by in the name of its mesh twin. */
  public static final String SIDECAR_SUFFIX = "-sidecar-proxy";

  private static final String WILDCARD = "*";
  private static final String CONSUL = "consul";

  private final Catalog catalog;
  private final Health health;
  private final ConfigEntries entries;
  private final Peerings peerings;
  private final Ca ca;
  private final ExportedInstances instances;
  private final Consumer<String> withheld;

  public ExportResolver(Rows rows) {
    this(rows, reason -> {});
  }

  /**
   * @param withheld is told, in a sentence, of each instance that is left out
   */
  public ExportResolver(Rows rows, Consumer<String> withheld) {
    catalog = new Catalog(rows);
    health = new Health(rows);
    entries = new ConfigEntries(rows);
    peerings = new Peerings(rows);
    ca = new Ca(rows);
    instances = new ExportedInstances(rows.restoredIndex());
    this.withheld = withheld;
  }

  /**
   * What one peer may see.
   *
   * @param services plain names, for the list that goes to the peer
   * @param meshServices names that are exported as mesh services besides, each with its protocol
   */
  public record Exports(SortedSet<String> services, SortedMap<String, String> meshServices) {
    public static final Exports NONE = new Exports(new TreeSet<>(), new TreeMap<>());

    public Exports {
      services = Collections.unmodifiableSortedSet(new TreeSet<>(services));
      meshServices = Collections.unmodifiableSortedMap(new TreeMap<>(meshServices));
    }
  }

  /** Nothing, once either side has deleted the peering. */
  public Exports forPeer(String peer) {
    Optional<Peering> peering = peerings.byName(peer);
    if (peering.isPresent() && !Peerings.isActive(peering.get())) {
      return Exports.NONE;
    }
    SortedSet<String> services = new TreeSet<>();
    for (ExportedServiceRule rule : rules()) {
      if (rule.getConsumersList().stream().anyMatch(one -> one.getPeer().equals(peer))) {
        services.addAll(names(rule));
      }
    }
    SortedMap<String, String> meshServices = new TreeMap<>();
    // Without an identity there is nothing to call a mesh service by.
    if (!services.isEmpty() && ca.cluster().isPresent()) {
      Set<String> reachable = catalog.connectNames("");
      for (String service : services) {
        if (reachable.contains(Keys.fold(service))) {
          meshServices.put(service, entries.protocolOf(service));
        }
      }
    }
    return new Exports(services, meshServices);
  }

  /** Exported names with the peers that may see each, sorted. */
  public SortedMap<String, SortedSet<String>> consumers() {
    SortedMap<String, SortedSet<String>> consumers = new TreeMap<>();
    for (ExportedServiceRule rule : rules()) {
      List<String> peers =
          rule.getConsumersList().stream()
              .map(ServiceConsumer::getPeer)
              .filter(peer -> !peer.isEmpty())
              .toList();
      if (!peers.isEmpty()) {
        names(rule)
            .forEach(name -> consumers.computeIfAbsent(name, n -> new TreeSet<>()).addAll(peers));
      }
    }
    return consumers;
  }

  /** Whether something is shown because it is in the catalog, and not by its name. */
  boolean hasWildcard() {
    return rules().stream().anyMatch(rule -> rule.getName().equals(WILDCARD));
  }

  private List<ExportedServiceRule> rules() {
    return entries
        .singleton(ConfigEntryKind.EXPORTED_SERVICES)
        .map(ConfigEntry::getExportedServices)
        .map(exported -> exported.getServicesList())
        .orElse(List.of());
  }

  private Collection<String> names(ExportedServiceRule rule) {
    Collection<String> names = new ArrayList<>();
    if (rule.getName().equals(WILDCARD)) {
      names.addAll(catalog.namesOfKind("", ServiceKinds.TYPICAL));
    } else {
      names.add(rule.getName());
    }
    names.removeIf(name -> !isExportable(name));
    return names;
  }

  /** A name with the suffix would be taken for some other service's mesh twin. */
  static boolean isExportable(String name) {
    return !name.equals(CONSUL) && !name.endsWith(SIDECAR_SUFFIX);
  }

  /** The instances of a plain service as a peer gets them: flattened checks, fields withheld. */
  public List<ExportedInstance> instances(String service) {
    List<ExportedInstance> exported = new ArrayList<>();
    if (service.endsWith(SIDECAR_SUFFIX)) {
      return exported;
    }
    for (CheckServiceNode instance : health.service("", service)) {
      if (instance.getService().getKind().equals(ServiceKinds.TYPICAL) && isComplete(instance)) {
        exported.add(instances.plain(instance));
      }
    }
    return exported;
  }

  /**
   * The instances of {@code <service>-sidecar-proxy}: one for each mesh gateway of this cluster.
   */
  public List<ExportedInstance> meshInstances(String service, String peer) {
    List<ExportedInstance> exported = new ArrayList<>();
    Optional<ClusterIdentity> cluster = ca.cluster();
    Optional<String> trustDomain = ca.trustDomain();
    if (cluster.isEmpty() || trustDomain.isEmpty()) {
      return exported;
    }
    ExportedInstances.Mesh mesh =
        new ExportedInstances.Mesh(
            service,
            peer,
            trustDomain.get(),
            cluster.get().getDatacenter(),
            entries.protocolOf(service));
    int number = 0;
    for (CheckServiceNode gateway : health.ofKind("", ServiceKinds.MESH_GATEWAY)) {
      if (isComplete(gateway)) {
        exported.add(instances.through(gateway, number, mesh));
        number++;
      }
    }
    return exported;
  }

  private boolean isComplete(CheckServiceNode instance) {
    Optional<String> flaw = flaw(instance);
    flaw.ifPresent(
        text ->
            withheld.accept(
                String.format(
                    Locale.ROOT,
                    "instance \"%s\" of service \"%s\" on node \"%s\" is not exported: %s",
                    instance.getService().getId(),
                    instance.getService().getService(),
                    instance.getNode().getNode(),
                    text)));
    return flaw.isEmpty();
  }

  private static Optional<String> flaw(CheckServiceNode instance) {
    if (!instance.hasNode() || instance.getNode().getNode().isEmpty()) {
      return Optional.of("it has no node");
    }
    if (instance.getService().getId().isEmpty() || instance.getService().getService().isEmpty()) {
      return Optional.of("it has no service id or name");
    }
    if (instance.getChecksList().stream().anyMatch(check -> check.getCheckId().isEmpty())) {
      return Optional.of("one of its checks has no id");
    }
    return NodeIds.flaw(instance.getNode().getId()).map(text -> "its node's id: " + text);
  }
}
