package io.hanse.fsm.chain;

import static io.hanse.fsm.apply.Commands.entry;
import static io.hanse.fsm.apply.Commands.protocol;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.Replica;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.EntryReference;
import io.hanse.fsm.row.EntryStatus;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.ConfigEntries;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reasons and messages are a real Consul's. */
class RouteBindingTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private static ConfigEntry.Builder gateway(String... listeners) {
    ConfigEntry.Builder gateway = entry(ConfigEntryKind.API_GATEWAY, "gw");
    for (String listener : listeners) {
      gateway
          .getApiGatewayBuilder()
          .addListenersBuilder()
          .setName(listener)
          .setPort(8080)
          .setProtocol(listener.startsWith("t") ? "tcp" : "http");
    }
    return gateway;
  }

  private static EntryReference to(String section) {
    return EntryReference.newBuilder()
        .setKind("api-gateway")
        .setName("gw")
        .setSectionName(section)
        .build();
  }

  private static ConfigEntry.Builder http(String name, String section) {
    ConfigEntry.Builder route = entry(ConfigEntryKind.HTTP_ROUTE, name);
    route.getHttpRouteBuilder().addParents(to(section));
    route.getHttpRouteBuilder().addRulesBuilder().addServicesBuilder().setName("web");
    return route;
  }

  private static ConfigEntry.Builder tcp(String name, String section) {
    ConfigEntry.Builder route = entry(ConfigEntryKind.TCP_ROUTE, name);
    route.getTcpRouteBuilder().addParents(to(section)).addServicesBuilder().setName("db");
    return route;
  }

  private List<String> conditions(ConfigEntryKind kind, String name) {
    Rows rows = replica.now();
    ConfigEntry shown =
        new RouteBinding(rows).shown(new ConfigEntries(rows).entry(kind, name).orElseThrow());
    EntryStatus status =
        shown.hasApiGateway()
            ? shown.getApiGateway().getStatus()
            : shown.hasHttpRoute()
                ? shown.getHttpRoute().getStatus()
                : shown.getTcpRoute().getStatus();
    return status.getConditionsList().stream()
        .map(
            one ->
                one.getType()
                    + one.getResource().getSectionName()
                    + " "
                    + one.getStatus()
                    + " "
                    + one.getReason()
                    + ": "
                    + one.getMessage())
        .toList();
  }

  @Test
  void shouldBindWhatFits() {
    replica.done(write(protocol("web", "http")));
    replica.done(write(gateway("h")));
    replica.done(write(http("r", "h")));

    assertThat(conditions(ConfigEntryKind.API_GATEWAY, "gw"))
        .containsExactly(
            "Accepted True Accepted: gateway is valid",
            "Conflictedh False NoConflict: listener has no route conflicts",
            "ResolvedRefsh True ResolvedRefs: resolved refs");
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .containsExactly(
            "Accepted True Accepted: route is valid",
            "Boundh True Bound: successfully bound route");
  }

  @Test
  void shouldSayWhyRouteIsNotBound() {
    replica.done(write(protocol("web", "http")));
    replica.done(write(http("r", "h")));
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .contains("Boundh False GatewayNotFound: gateway was not found");

    replica.done(write(gateway("other")));
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .contains(
            "Boundh False FailedToBind: failed to bind route r to gateway gw with listener 'h'");

    replica.done(write(gateway("t")));
    replica.done(write(http("r", "t")));
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .contains(
            "Boundt False FailedToBind: failed to bind route r to gateway gw: listener t is not a"
                + " http listener");

    replica.done(write(protocol("web", "tcp")));
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .containsExactly(
            "Accepted False InvalidDiscoveryChain: route protocol does not match targeted service"
                + " protocol",
            "Boundt False FailedToBind: failed to bind route to gateway gw: route has not been"
                + " accepted");
  }

  @Test
  void shouldMatchHostnames() {
    replica.done(write(protocol("web", "http")));
    ConfigEntry.Builder gateway = gateway("h");
    gateway.getApiGatewayBuilder().getListenersBuilder(0).setHostname("*.example.com");
    replica.done(write(gateway));
    ConfigEntry.Builder route = http("r", "");
    route.getHttpRouteBuilder().addHostnames("a.example.org");
    replica.done(write(route));
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .contains(
            "Bound False FailedToBind: failed to bind route to gateway gw: listener h is does not"
                + " have any hostnames that match the route");

    route.getHttpRouteBuilder().addHostnames("a.example.com");
    replica.done(write(route));
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .contains("Bound True Bound: successfully bound route");
  }

  @Test
  void shouldNameMissingCertificate() {
    ConfigEntry.Builder gateway = gateway("h");
    gateway
        .getApiGatewayBuilder()
        .getListenersBuilder(0)
        .getTlsBuilder()
        .addCertificates(
            EntryReference.newBuilder().setKind("file-system-certificate").setName("cert"));
    replica.done(write(gateway));
    replica.done(write(protocol("web", "http")));
    replica.done(write(http("r", "h")));

    assertThat(conditions(ConfigEntryKind.API_GATEWAY, "gw"))
        .contains(
            "Accepted False InvalidCertificates: gateway references invalid certificates",
            "ResolvedRefsh False InvalidCertificateRef: certificate \"cert\" not found");
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .contains(
            "Boundh False FailedToBind: failed to bind route to gateway gw: gateway has not been"
                + " accepted");

    ConfigEntry.Builder certificate = entry(ConfigEntryKind.FILE_SYSTEM_CERTIFICATE, "cert");
    certificate.getFileSystemCertificateBuilder().setCertificate("/c").setPrivateKey("/k");
    replica.done(write(certificate));
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .contains("Boundh True Bound: successfully bound route");
  }

  @Test
  void shouldSeeTwoRoutesOnOneListenerOfBytes() {
    replica.done(write(gateway("t")));
    replica.done(write(tcp("one", "t")));
    assertThat(conditions(ConfigEntryKind.API_GATEWAY, "gw"))
        .contains("Conflictedt False NoConflict: listener has no route conflicts");

    replica.done(write(tcp("two", "")));
    assertThat(conditions(ConfigEntryKind.API_GATEWAY, "gw"))
        .contains(
            "Conflictedt True RouteConflict: TCP-based listeners currently only support binding a"
                + " single route");
    assertThat(conditions(ConfigEntryKind.TCP_ROUTE, "two"))
        .contains("Bound True Bound: successfully bound route");
  }

  @Test
  void shouldWantServices() {
    ConfigEntry.Builder route = entry(ConfigEntryKind.HTTP_ROUTE, "r");
    replica.done(write(route));
    assertThat(conditions(ConfigEntryKind.HTTP_ROUTE, "r"))
        .containsExactly(
            "Accepted False NoUpstreamServicesTargeted: route must target at least one upstream"
                + " service");
  }
}
