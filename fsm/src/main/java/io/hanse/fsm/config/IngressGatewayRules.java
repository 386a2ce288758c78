package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.GatewayTls;
import io.hanse.fsm.row.HeaderModifiers;
import io.hanse.fsm.row.IngressGateway;
import io.hanse.fsm.row.IngressListener;
import io.hanse.fsm.row.IngressService;
import io.hanse.fsm.row.SecretDiscovery;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** What an ingress-gateway entry fills in and may say. */
final class IngressGatewayRules {
  private static final String WILDCARD = "*";
  private static final String TCP = "tcp";
  private static final Set<String> OF_REQUESTS = Set.of("http", "http2", "grpc");

  private IngressGatewayRules() {}

  static ConfigEntry normalise(ConfigEntry entry) {
    IngressGateway.Builder gateway = entry.getIngressGateway().toBuilder();
    for (IngressListener.Builder listener : gateway.getListenersBuilderList()) {
      String protocol = listener.getProtocol().toLowerCase(Locale.ROOT);
      listener.setProtocol(protocol.isEmpty() ? TCP : protocol);
    }
    return entry.toBuilder().setIngressGateway(gateway).build();
  }

  static void validate(ConfigEntry entry) {
    Names.require(entry);
    MetaRules.requireLax(entry.getMetaMap());
    IngressGateway gateway = entry.getIngressGateway();
    requireTls(gateway.getTls());
    Set<Integer> ports = new LinkedHashSet<>();
    for (IngressListener listener : gateway.getListenersList()) {
      if (!ports.add(listener.getPort())) {
        throw invalid("port " + listener.getPort() + " declared on two listeners");
      }
      validate(gateway, listener);
    }
  }

  private static void validate(IngressGateway gateway, IngressListener listener) {
    boolean ofRequests = OF_REQUESTS.contains(listener.getProtocol());
    if (!ofRequests && !listener.getProtocol().equals(TCP)) {
      throw invalid(
          "protocol must be 'tcp', 'http', 'http2', or 'grpc'. '"
              + listener.getProtocol()
              + "' is an unsupported protocol");
    }
    if (listener.getServicesCount() == 0) {
      throw invalid("No service declared for listener with port " + listener.getPort());
    }
    if (!ofRequests && listener.getServicesCount() > 1) {
      throw invalid(
          "Multiple services per listener are only supported for L7 protocols, 'http', 'grpc' and"
              + " 'http2'"
              + at(listener));
    }
    if (listener.hasTls()) {
      requireTls(listener.getTls());
    }
    Set<String> names = new LinkedHashSet<>();
    Set<String> hosts = new LinkedHashSet<>();
    for (IngressService service : listener.getServicesList()) {
      validate(listener, service, ofRequests);
      if (!names.add(service.getName())) {
        throw invalid(
            "Service " + service.getName() + " cannot be added multiple times" + at(listener));
      }
      requireSecrets(gateway, listener, service);
      for (String host : service.getHostsList()) {
        if (!hosts.add(host)) {
          throw invalid("Hosts must be unique within a specific listener" + at(listener));
        }
        HostNames.requireIngress(host, gateway.getTls().getEnabled());
      }
    }
  }

  private static void validate(
      IngressListener listener, IngressService service, boolean ofRequests) {
    if (!ofRequests) {
      refuseModifiers(service.getRequestHeaders(), "request", listener, service);
      refuseModifiers(service.getResponseHeaders(), "response", listener, service);
    }
    boolean isWildcard = service.getName().equals(WILDCARD);
    boolean hasHosts = service.getHostsCount() > 0;
    if (isWildcard && !ofRequests) {
      throw invalid("Wildcard service name is only valid for protocol = 'http'" + at(listener));
    }
    if (hasHosts && !ofRequests) {
      throw invalid(
          "Associating hosts to a service is not supported for the "
              + listener.getProtocol()
              + " protocol"
              + at(listener));
    }
    if (service.getName().isEmpty()) {
      throw invalid("Service name cannot be blank" + at(listener));
    }
    if (isWildcard && hasHosts) {
      throw invalid("Associating hosts to a wildcard service is not supported" + at(listener));
    }
  }

  private static void refuseModifiers(
      HeaderModifiers headers, String what, IngressListener listener, IngressService service) {
    if (!headers.equals(HeaderModifiers.getDefaultInstance())) {
      throw invalid(
          what + " headers only valid for http, http2 and grpc protocols" + of(service, listener));
    }
  }

  /** A certificate needs to be named at some level, and so does where it comes from. */
  private static void requireSecrets(
      IngressGateway gateway, IngressListener listener, IngressService service) {
    SecretDiscovery all = gateway.getTls().getSds();
    SecretDiscovery some = listener.getTls().getSds();
    SecretDiscovery one = service.getTls().getSds();
    boolean cluster = !all.getClusterName().isEmpty();
    boolean listenerCluster = !some.getClusterName().isEmpty();
    boolean listenerCertificate = !some.getCertResource().isEmpty();
    if (!cluster && !all.getCertResource().isEmpty()) {
      throw invalid("TLS.SDS.ClusterName is required if CertResource is set");
    }
    String needsCertificate = "TLS.SDS.CertResource is required if ClusterName is set for ";
    if (cluster && all.getCertResource().isEmpty() && !listenerCertificate) {
      throw invalid(needsCertificate + "gateway" + at(listener));
    }
    if (listenerCluster && !listenerCertificate) {
      throw invalid(needsCertificate + "listener" + at(listener));
    }
    String needsCluster = "TLS.SDS.ClusterName is required if CertResource is set";
    if (listenerCertificate && !listenerCluster && !cluster) {
      throw invalid(needsCluster + at(listener));
    }
    if (one.getCertResource().isEmpty()) {
      return;
    }
    if (service.getHostsCount() == 0) {
      throw invalid(
          "A service specifying TLS.SDS.CertResource must have at least one item in Hosts"
              + of(service, listener));
    }
    if (one.getClusterName().isEmpty() && !listenerCluster && !cluster) {
      throw invalid(needsCluster + of(service, listener));
    }
  }

  private static void requireTls(GatewayTls tls) {
    TlsRules.require(tls.getTlsMinVersion(), tls.getTlsMaxVersion(), tls.getCipherSuitesList());
  }

  private static String at(IngressListener listener) {
    return " (listener on port " + listener.getPort() + ")";
  }

  private static String of(IngressService service, IngressListener listener) {
    return " (service \""
        + service.getName()
        + "\" on listener on port "
        + listener.getPort()
        + ")";
  }
}
