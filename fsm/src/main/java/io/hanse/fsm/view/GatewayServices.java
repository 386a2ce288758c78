package io.hanse.fsm.view;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.config.EntryLinks;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.GatewayService;
import io.hanse.fsm.row.GatewayServiceName;
import io.hanse.fsm.row.IngressListener;
import io.hanse.fsm.row.IngressService;
import io.hanse.fsm.row.LinkedService;
import io.hanse.fsm.row.RaftIndex;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which services stand behind an ingress or a terminating gateway, and which gateways before a
 * service: what their config entries name, and what an asterisk in them stands for at the moment.
 */
public final class GatewayServices {
  private static final String SERVERS = "consul";
  private static final String KIND_SERVICE = "service";
  private static final String KIND_DESTINATION = "destination";

  private final Rows rows;
  private final Catalog catalog;
  private final ConfigEntries entries;

  public GatewayServices(Rows rows) {
    this.rows = rows;
    catalog = new Catalog(rows);
    entries = new ConfigEntries(rows);
  }

  /** The services of a gateway, by name. */
  public List<GatewayService> of(String gateway) {
    List<GatewayService> all = new ArrayList<>();
    entries
        .entry(ConfigEntryKind.INGRESS_GATEWAY, gateway)
        .ifPresent(entry -> addIngress(entry, all));
    entries
        .entry(ConfigEntryKind.TERMINATING_GATEWAY, gateway)
        .ifPresent(entry -> addTerminating(entry, all));
    all.sort(
        Comparator.comparing((GatewayService one) -> one.getService().getName())
            .thenComparing(GatewayService::getPort));
    return all;
  }

  private void addIngress(ConfigEntry entry, List<GatewayService> all) {
    for (IngressListener listener : entry.getIngressGateway().getListenersList()) {
      List<String> named =
          listener.getServicesList().stream().map(IngressService::getName).toList();
      for (IngressService service : listener.getServicesList()) {
        GatewayService.Builder one =
            begun(entry)
                .setPort(listener.getPort())
                .setProtocol(listener.getProtocol())
                .addAllHosts(service.getHostsList());
        if (!service.getName().equals(EntryLinks.WILDCARD)) {
          all.add(one.setService(called(service.getName())).build());
          continue;
        }
        one.setFromWildcard(true);
        for (String name : others(named, this::isReachedByMesh)) {
          if (entries.protocolOf(name).equals(listener.getProtocol())) {
            all.add(one.setService(called(name)).build());
          }
        }
      }
    }
  }

  private void addTerminating(ConfigEntry entry, List<GatewayService> all) {
    List<LinkedService> linked = entry.getTerminatingGateway().getServicesList();
    List<String> named = linked.stream().map(LinkedService::getName).toList();
    for (LinkedService service : linked) {
      GatewayService.Builder one =
          begun(entry)
              .setCaFile(service.getCaFile())
              .setCertFile(service.getCertFile())
              .setKeyFile(service.getKeyFile())
              .setSni(service.getSni())
              .setAutoHostRewrite(!service.getDisableAutoHostRewrite());
      if (!service.getName().equals(EntryLinks.WILDCARD)) {
        all.add(
            one.setService(called(service.getName()))
                .setServiceKind(kindOf(service.getName()))
                .build());
        continue;
      }
      one.setFromWildcard(true);
      Set<String> names = others(named, this::isOutsideOfMesh);
      destinations().filter(name -> !contains(named, name)).forEach(names::add);
      names.forEach(name -> all.add(one.setService(called(name)).build()));
    }
  }

  private static GatewayService.Builder begun(ConfigEntry entry) {
    long index = entry.getRaftIndex().getModifyIndex();
    return GatewayService.newBuilder()
        .setGateway(called(entry.getName()))
        .setGatewayKind(entry.getKind())
        .setRaftIndex(RaftIndex.newBuilder().setCreateIndex(index).setModifyIndex(index));
  }

  private static GatewayServiceName called(String name) {
    return GatewayServiceName.newBuilder().setName(name).build();
  }

  /** What an asterisk stands for: the services that fit and are not named beside it. */
  private Set<String> others(List<String> named, Predicate<String> fits) {
    Set<String> names = new TreeSet<>();
    for (String name : catalog.namesOfKind("", ServiceKinds.TYPICAL)) {
      if (!name.equals(SERVERS) && !contains(named, name) && fits.test(name)) {
        names.add(name);
      }
    }
    return names;
  }

  private static boolean contains(List<String> names, String name) {
    return names.stream().anyMatch(one -> Keys.fold(one).equals(Keys.fold(name)));
  }

  /** Whether a sidecar or a native instance takes the mesh's connections for it. */
  private boolean isReachedByMesh(String service) {
    return catalog.hasConnect("", service);
  }

  /** Whether an instance of it speaks for itself, and not to the mesh. */
  private boolean isOutsideOfMesh(String service) {
    boolean[] isFound = {false};
    Tables.SERVICES.scanBy(
        rows,
        TableId.SERVICES_BY_NAME,
        Keys.service("", service),
        row -> {
          isFound[0] = !row.getService().getConnect().getNative();
          return !isFound[0];
        });
    return isFound[0];
  }

  private String kindOf(String service) {
    if (rows.hasAny(TableId.SERVICES_BY_NAME, Keys.service("", service))) {
      return KIND_SERVICE;
    }
    return isDestination(service) ? KIND_DESTINATION : "";
  }

  /** Whether an address outside of the catalog stands for it. */
  private boolean isDestination(String service) {
    return entries
        .entry(ConfigEntryKind.SERVICE_DEFAULTS, service)
        .filter(entry -> entry.getServiceDefaults().hasDestination())
        .isPresent();
  }

  private Stream<String> destinations() {
    return entries.ofKind(ConfigEntryKind.SERVICE_DEFAULTS.wireName()).stream()
        .filter(entry -> entry.getServiceDefaults().hasDestination())
        .map(ConfigEntry::getName);
  }

  /** The instances of the ingress gateways through which a service is reached; without checks. */
  public List<CheckServiceNode> ingress(String service) {
    return instancesOf(ConfigEntryKind.INGRESS_GATEWAY, service, this::isReachedByMesh);
  }

  /** The instances of the terminating gateways that stand for a service; without checks. */
  public List<CheckServiceNode> terminating(String service) {
    return instancesOf(
        ConfigEntryKind.TERMINATING_GATEWAY,
        service,
        name -> isOutsideOfMesh(name) || isDestination(name));
  }

  private List<CheckServiceNode> instancesOf(
      ConfigEntryKind kind, String service, Predicate<String> fitsAsterisk) {
    Set<String> gateways = linking(kind, service);
    Set<String> ofAll = linking(kind, EntryLinks.WILDCARD);
    if (!gateways.containsAll(ofAll) && isOfAsterisk(service) && fitsAsterisk.test(service)) {
      gateways.addAll(ofAll);
    }
    return gateways.stream()
        .flatMap(gateway -> catalog.service("", gateway).stream())
        .filter(instance -> instance.getService().getKind().equals(kind.wireName()))
        .toList();
  }

  private Set<String> linking(ConfigEntryKind kind, String service) {
    Set<String> names = new TreeSet<>();
    Tables.CONFIG_ENTRIES
        .listBy(rows, TableId.GATEWAYS_BY_SERVICE, Keys.gatewayLink(kind.wireName(), service))
        .forEach(entry -> names.add(entry.getName()));
    return names;
  }

  private boolean isOfAsterisk(String service) {
    return !service.equals(SERVERS)
        && (catalog.hasKind("", ServiceKinds.TYPICAL, service) || isDestination(service));
  }
}
