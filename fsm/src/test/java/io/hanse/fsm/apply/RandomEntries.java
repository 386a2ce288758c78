package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.entry;
import static io.hanse.fsm.apply.Commands.exports;
import static io.hanse.fsm.apply.Commands.protocol;
import static io.hanse.fsm.apply.Commands.write;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.DeleteConfigEntry;
import io.hanse.fsm.row.DeleteIntention;
import io.hanse.fsm.row.EntryReference;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ResolverSubset;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.fsm.row.ServiceSplit;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.WriteIntention;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commands about config entries and intentions; each is right by itself. */
public final class RandomEntries {
  /** Written one way each: of chains between names that differ by case only, no rule is settled. */
  private static final String[] SERVICES = {"web", "api"};

  private static final String[] NAMES = {"web", "api", "in", "out", "gw"};
  private static final String[] ENDS = {"web", "api", "Web", "*"};
  private static final String[] PEERS = {"east", "west"};
  private static final String[] ACTIONS = {"allow", "deny"};
  private static final String[] KINDS = {
    "service-defaults",
    "service-resolver",
    "service-splitter",
    "service-router",
    "ingress-gateway",
    "terminating-gateway"
  };

  private final Random random;
  private final List<String> ids = new ArrayList<>();

  public RandomEntries(Random random) {
    this.random = random;
  }

  private String one(String[] of) {
    return of[random.nextInt(of.length)];
  }

  Command.Builder next() {
    return switch (random.nextInt(14)) {
      case 0, 1 -> {
        Command.Builder command =
            write(protocol(one(SERVICES), random.nextInt(3) == 0 ? "tcp" : "http"));
        command
            .getWriteConfigEntryBuilder()
            .setHasCas(random.nextInt(4) == 0)
            .setCas(random.nextInt(40));
        yield command;
      }
      case 2 -> write(exports(one(PEERS), one(SERVICES)));
      case 3, 4, 5 -> write(chainEntry());
      case 6, 7 ->
          Command.newBuilder()
              .setDeleteConfigEntry(
                  DeleteConfigEntry.newBuilder().setKind(one(KINDS)).setName(one(NAMES)));
      case 8, 9, 10 -> intention();
      case 12, 13 -> write(random.nextBoolean() ? gateway() : route());
      default -> withoutIntention();
    };
  }

  /** An API gateway, or what is to be bound to one. */
  private ConfigEntry.Builder route() {
    String protocol = random.nextBoolean() ? "tcp" : "http";
    if (random.nextInt(3) == 0) {
      ConfigEntry.Builder gateway = entry(ConfigEntryKind.API_GATEWAY, "gw");
      gateway
          .getApiGatewayBuilder()
          .addListenersBuilder()
          .setName("l")
          .setPort(80)
          .setProtocol(protocol);
      return gateway;
    }
    EntryReference.Builder parent =
        EntryReference.newBuilder().setKind("api-gateway").setName("gw").setSectionName("l");
    if (protocol.equals("tcp")) {
      ConfigEntry.Builder route = entry(ConfigEntryKind.TCP_ROUTE, one(SERVICES));
      route.getTcpRouteBuilder().addParents(parent).addServicesBuilder().setName(one(SERVICES));
      return route;
    }
    ConfigEntry.Builder route = entry(ConfigEntryKind.HTTP_ROUTE, one(SERVICES));
    route.getHttpRouteBuilder().addParents(parent);
    route.getHttpRouteBuilder().addRulesBuilder().addServicesBuilder().setName(one(SERVICES));
    return route;
  }

  /** One that leads to services that it names and to all of them, or to one of the two. */
  private ConfigEntry.Builder gateway() {
    if (random.nextInt(3) == 0) {
      ConfigEntry.Builder ingress = entry(ConfigEntryKind.INGRESS_GATEWAY, "in");
      ingress
          .getIngressGatewayBuilder()
          .addListenersBuilder()
          .setPort(80 + random.nextInt(2))
          .setProtocol("http")
          .addServicesBuilder()
          .setName("*");
      return ingress;
    }
    ConfigEntry.Builder terminating = entry(ConfigEntryKind.TERMINATING_GATEWAY, "out");
    List<String> names = random.nextBoolean() ? List.of("Web", "*") : List.of(one(ENDS));
    names.forEach(
        name -> terminating.getTerminatingGatewayBuilder().addServicesBuilder().setName(name));
    return terminating;
  }

  /** Of a resolver, a splitter or a router. */
  public ConfigEntry.Builder chainEntry() {
    String name = one(SERVICES);
    return switch (random.nextInt(4)) {
      case 0 -> splitter(name);
      case 1 -> {
        ConfigEntry.Builder router = entry(ConfigEntryKind.SERVICE_ROUTER, name);
        router
            .getServiceRouterBuilder()
            .addRoutesBuilder()
            .getDestinationBuilder()
            .setService(one(SERVICES));
        yield router;
      }
      default -> resolver(name);
    };
  }

  private ConfigEntry.Builder splitter(String name) {
    ConfigEntry.Builder splitter = entry(ConfigEntryKind.SERVICE_SPLITTER, name);
    String other = one(SERVICES);
    if (other.equals(name) || random.nextBoolean()) {
      splitter.getServiceSplitterBuilder().addSplits(share(100).setService(other));
    } else {
      splitter
          .getServiceSplitterBuilder()
          .addSplits(share(75.5f).setServiceSubset(random.nextInt(3) == 0 ? "v1" : ""))
          .addSplits(share(24.5f).setService(other));
    }
    return splitter;
  }

  private static ServiceSplit.Builder share(float weight) {
    return ServiceSplit.newBuilder().setWeight(weight);
  }

  private ConfigEntry.Builder resolver(String name) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_RESOLVER, name);
    ServiceResolver.Builder resolver = entry.getServiceResolverBuilder();
    switch (random.nextInt(4)) {
      case 0 -> resolver.getRedirectBuilder().setService(one(SERVICES));
      case 1 ->
          resolver.putFailover(
              "*", ResolverFailover.newBuilder().setService(one(SERVICES)).build());
      case 2 ->
          resolver
              .putSubsets("v1", ResolverSubset.newBuilder().setOnlyPassing(true).build())
              .setDefaultSubset(random.nextBoolean() ? "v1" : "");
      default -> resolver.getConnectTimeoutBuilder().setSeconds(1 + random.nextInt(2));
    }
    return entry;
  }

  private Command.Builder intention() {
    WriteIntention.Manner manner = WriteIntention.Manner.forNumber(random.nextInt(3));
    SourceIntention.Builder source =
        SourceIntention.newBuilder().setName(one(ENDS)).setAction(one(ACTIONS)).setType("consul");
    switch (manner) {
      case CREATE -> {
        ids.add("id" + ids.size());
        source.setLegacyId(ids.get(ids.size() - 1));
      }
      case BY_ID -> source.setLegacyId(anId());
      default -> {}
    }
    return Command.newBuilder()
        .setWriteIntention(
            WriteIntention.newBuilder()
                .setManner(manner)
                .setDestination(one(ENDS))
                .setSource(source));
  }

  private Command.Builder withoutIntention() {
    DeleteIntention.Builder delete = DeleteIntention.newBuilder();
    if (random.nextBoolean()) {
      delete.setId(anId());
    } else {
      delete.setDestination(one(ENDS)).setSource(one(ENDS));
    }
    return Command.newBuilder().setDeleteIntention(delete);
  }

  private String anId() {
    return ids.isEmpty() ? "none" : ids.get(random.nextInt(ids.size()));
  }
}
