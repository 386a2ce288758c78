package io.hanse.fsm.config;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the registration of a proxy or a gateway must be like. Source: Consul's API, B.7.3. */
public final class ProxyRules {
  private static final Set<String> GATEWAYS =
      Set.of("mesh-gateway", "terminating-gateway", "ingress-gateway", "api-gateway");
  private static final Set<String> GATEWAYS_WITH_PORT =
      Set.of("mesh-gateway", "terminating-gateway");

  private ProxyRules() {}

  public static boolean isGateway(String kind) {
    return GATEWAYS.contains(kind);
  }

  /**
   * Refuses, with all that is wrong, a registration that goes straight to the catalog.
   *
   * @throws ProblemException with Consul's text
   */
  public static void validate(NodeService service) {
    Findings findings = new Findings();
    problems(service).forEach(findings::add);
    findings.throwIfAny();
  }

  /** All that is wrong, in the order in which Consul says it. */
  public static List<String> problems(NodeService service) {
    List<String> problems = new ArrayList<>();
    if (service.getKind().equals("connect-proxy")) {
      ofSidecar(service, problems);
    } else if (isGateway(service.getKind())) {
      ofGateway(service, problems);
    }
    if (service.getConnect().getNative()
        && service.getPort() == 0
        && service.getSocketPath().isEmpty()) {
      problems.add("Port or SocketPath must be set for a Connect native service.");
    }
    if (service.getLocality().getRegion().isEmpty() && !service.getLocality().getZone().isEmpty()) {
      problems.add("zone cannot be set without region");
    }
    return problems;
  }

  private static void ofSidecar(NodeService service, List<String> problems) {
    ConnectProxyConfig proxy = service.getProxy();
    if (proxy.getDestinationServiceName().isBlank()) {
      problems.add("Proxy.DestinationServiceName must be non-empty for Connect proxy services");
    }
    if (proxy.getDestinationServiceName().equals("*")) {
      problems.add(
          "Proxy.DestinationServiceName must not be a wildcard for Connect proxy services");
    }
    if (service.getPort() == 0 && service.getSocketPath().isEmpty()) {
      problems.add("Port or SocketPath must be set for a connect-proxy");
    }
    if (service.getConnect().getNative()) {
      problems.add("A Proxy cannot also be Connect Native, only typical services");
    }
    ofUpstreams(proxy.getUpstreamsList(), problems);
  }

  private static void ofUpstreams(List<Upstream> upstreams, List<String> problems) {
    Set<String> names = new TreeSet<>();
    Set<String> addresses = new TreeSet<>();
    for (Upstream upstream : upstreams) {
      ofUpstream(upstream, problems);
      String name =
          "[type=\"%s\", name=\"%s\", partition=\"\", namespace=\"\", peer=\"%s\", datacenter=\"%s\"]"
              .formatted(
                  upstream.getDestinationType(),
                  upstream.getDestinationName(),
                  upstream.getDestinationPeer(),
                  upstream.getDatacenter());
      if (!names.add(name)) {
        problems.add("upstreams cannot contain duplicates of " + name);
        continue;
      }
      String address = bindAddress(upstream);
      if (!address.isEmpty() && !addresses.add(address)) {
        problems.add(
            "upstreams cannot contain duplicates by local bind address and port or unix path; \""
                + address
                + "\" is specified twice");
      }
    }
  }

  private static String bindAddress(Upstream upstream) {
    if (upstream.getLocalBindPort() == 0) {
      return upstream.getLocalBindSocketPath();
    }
    String host =
        upstream.getLocalBindAddress().isEmpty() ? "127.0.0.1" : upstream.getLocalBindAddress();
    return host + ":" + upstream.getLocalBindPort();
  }

  private static void ofUpstream(Upstream upstream, List<String> problems) {
    String type = upstream.getDestinationType();
    if (!type.isEmpty() && !type.equals("service") && !type.equals("prepared_query")) {
      problems.add("unknown upstream destination type: \"" + type + "\"");
    }
    if (upstream.getDestinationName().isEmpty()) {
      problems.add("upstream destination name cannot be empty");
    }
    if (upstream.getDestinationName().equals("*")) {
      problems.add("upstream destination name cannot be a wildcard");
    }
    if (!upstream.getDestinationPeer().isEmpty() && !upstream.getDatacenter().isEmpty()) {
      problems.add("upstream cannot specify both destination peer and datacenter");
    }
    boolean hasPort = upstream.getLocalBindPort() != 0;
    boolean hasPath = !upstream.getLocalBindSocketPath().isEmpty();
    if (!hasPort && !hasPath) {
      problems.add("upstream local bind port or local socket path must be defined and nonzero");
    }
    if (hasPort && hasPath) {
      problems.add(
          "only one of upstream local bind port or local socket path can be defined and nonzero");
    }
  }

  private static void ofGateway(NodeService service, List<String> problems) {
    String kind = service.getKind();
    if (service.getPort() == 0 && GATEWAYS_WITH_PORT.contains(kind)) {
      problems.add("Port must be non-zero for a " + kind);
    }
    if (service.getConnect().hasSidecarService()) {
      problems.add("A " + kind + " cannot have a sidecar service defined");
    }
    ConnectProxyConfig proxy = service.getProxy();
    refuse(problems, kind, "DestinationServiceName", !proxy.getDestinationServiceName().isEmpty());
    refuse(problems, kind, "DestinationServiceID", !proxy.getDestinationServiceId().isEmpty());
    refuse(problems, kind, "LocalServiceAddress", !proxy.getLocalServiceAddress().isEmpty());
    refuse(problems, kind, "LocalServicePort", proxy.getLocalServicePort() != 0);
    refuse(problems, kind, "LocalServiceSocketPath", !proxy.getLocalServiceSocketPath().isEmpty());
    refuse(problems, kind, "Upstreams", proxy.getUpstreamsCount() > 0);
  }

  private static void refuse(List<String> problems, String kind, String field, boolean isSet) {
    if (isSet) {
      problems.add("The Proxy." + field + " configuration is invalid for a " + kind);
    }
  }
}
