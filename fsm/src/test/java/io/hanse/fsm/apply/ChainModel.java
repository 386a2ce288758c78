package io.hanse.fsm.apply;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.fsm.row.ServiceRoute;
import io.hanse.fsm.row.ServiceSplit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a chain makes sense, by the rules and nothing else: it asks all the questions anew each
 * time, remembers no node, and builds no graph.
 */
final class ChainModel {
  /** The chain leads nowhere. */
  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final Map<String, ConfigEntry> entries;
  private final Set<String> protocols = new TreeSet<>();
  private final Set<String> ends = new TreeSet<>();
  private final Set<String> turnedTo = new TreeSet<>();
  private boolean ofRequests;

  private ChainModel(Map<String, ConfigEntry> entries) {
    this.entries = entries;
  }

  /**
   * Where a chain leads.
   *
   * @param first the services whose certificates are shown there, without those one turns to
   */
  record Outcome(String protocol, Set<String> first) {}

  /** Empty if the chain makes no sense. */
  static Optional<Outcome> of(String service, Map<String, ConfigEntry> entries) {
    ChainModel model = new ChainModel(entries);
    try {
      model.start(service);
      String protocol = model.protocols.iterator().next();
      boolean isPossible =
          model.protocols.size() == 1 && (!model.ofRequests || protocol.equals("http"));
      return isPossible ? Optional.of(new Outcome(protocol, model.first())) : Optional.empty();
    } catch (Broken broken) {
      return Optional.empty();
    }
  }

  static String key(String kind, String name) {
    return kind + "/" + name.toLowerCase(Locale.ROOT);
  }

  private Optional<ConfigEntry> entry(String kind, String name) {
    return Optional.ofNullable(entries.get(key(kind, name)));
  }

  private void start(String service) {
    Optional<ConfigEntry> router = entry("service-router", service);
    if (router.isPresent()) {
      ofRequests = true;
      protocols.add(protocolOf(service));
      for (ServiceRoute route : router.get().getServiceRouter().getRoutesList()) {
        String to = route.getDestination().getService();
        shared(to.isEmpty() ? service : to, new ArrayList<>());
      }
    }
    shared(service, new ArrayList<>());
  }

  private String protocolOf(String service) {
    return entry("service-defaults", service)
        .map(one -> one.getServiceDefaults().getProtocol())
        .filter(protocol -> !protocol.isEmpty())
        .orElse("tcp");
  }

  private void shared(String service, List<String> path) {
    Optional<ConfigEntry> splitter = entry("service-splitter", service);
    if (splitter.isEmpty()) {
      resolve(service, "", true);
      return;
    }
    if (path.contains(service)) {
      throw new Broken();
    }
    ofRequests = true;
    List<String> longer = new ArrayList<>(path);
    longer.add(service);
    for (ServiceSplit split : splitter.get().getServiceSplitter().getSplitsList()) {
      String to = split.getService().isEmpty() ? service : split.getService();
      if (!to.equals(service) && split.getServiceSubset().isEmpty()) {
        shared(to, longer);
      } else {
        resolve(to, split.getServiceSubset(), true);
      }
    }
  }

  private ServiceResolver resolver(String service) {
    return entry("service-resolver", service)
        .map(ConfigEntry::getServiceResolver)
        .orElse(ServiceResolver.getDefaultInstance());
  }

  /** Answers the service at the end of the way, and behind a slash the subset. */
  private String resolve(String service, String subset, boolean withFailover) {
    Set<String> seen = new LinkedHashSet<>();
    String at = service;
    String in = subset;
    while (true) {
      protocols.add(protocolOf(at));
      if (!seen.add(at + "/" + in)) {
        throw new Broken();
      }
      ServiceResolver resolver = resolver(at);
      String to = resolver.getRedirect().getService();
      if (!to.isEmpty() && !to.equals(at)) {
        at = to;
        in = "";
      } else if (in.isEmpty() && !resolver.getDefaultSubset().isEmpty()) {
        in = resolver.getDefaultSubset();
      } else {
        break;
      }
    }
    if (!in.isEmpty() && !resolver(at).containsSubsets(in)) {
      throw new Broken();
    }
    if (withFailover) {
      ends.add(at + "/" + in);
      failover(at).ifPresent(turnedTo::add);
    }
    return at + "/" + in;
  }

  /** Where one turns to from a service, if anywhere. */
  private Optional<String> failover(String service) {
    ServiceResolver resolver = resolver(service);
    if (!resolver.containsFailover("*")) {
      return Optional.empty();
    }
    String to = resolver.getFailoverOrThrow("*").getService();
    return to.equals(service) ? Optional.empty() : Optional.of(resolve(to, "", false));
  }

  /** The services of the ends that nobody turns to. */
  private Set<String> first() {
    Set<String> services = new TreeSet<>();
    for (String end : ends) {
      if (!turnedTo.contains(end)) {
        services.add(end.substring(0, end.indexOf('/')).toLowerCase(Locale.ROOT));
      }
    }
    return services;
  }
}
