package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.entry;
import static io.hanse.fsm.apply.Commands.exports;
import static io.hanse.fsm.apply.Commands.protocol;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.DeleteConfigEntry;
import io.hanse.fsm.row.FailoverTarget;
import io.hanse.fsm.row.IngressListener;
import io.hanse.fsm.row.IngressService;
import io.hanse.fsm.row.LinkedService;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ResolverRedirect;
import io.hanse.fsm.row.ServiceSplit;
import io.hanse.fsm.view.ConfigEntries;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a change of one config entry must not do to the others. */
class EntryGraphTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private static ConfigEntry.Builder redirect(
      String service, Consumer<ResolverRedirect.Builder> redirect) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_RESOLVER, service);
    redirect.accept(entry.getServiceResolverBuilder().getRedirectBuilder());
    return entry;
  }

  private static ConfigEntry.Builder failover(
      String service, Consumer<ResolverFailover.Builder> failover) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_RESOLVER, service);
    ResolverFailover.Builder one = ResolverFailover.newBuilder();
    failover.accept(one);
    entry.getServiceResolverBuilder().putFailover("*", one.build());
    return entry;
  }

  private static ConfigEntry.Builder splitter(String service, String other) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_SPLITTER, service);
    entry
        .getServiceSplitterBuilder()
        .addSplits(ServiceSplit.newBuilder().setWeight(50))
        .addSplits(ServiceSplit.newBuilder().setWeight(50).setService(other));
    return entry;
  }

  private static ConfigEntry.Builder ingress(String name, String protocol, String service) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.INGRESS_GATEWAY, name);
    entry
        .getIngressGatewayBuilder()
        .addListeners(
            IngressListener.newBuilder()
                .setPort(80)
                .setProtocol(protocol)
                .addServices(IngressService.newBuilder().setName(service)));
    return entry;
  }

  private static Command.Builder delete(ConfigEntryKind kind, String name) {
    return Command.newBuilder()
        .setDeleteConfigEntry(
            DeleteConfigEntry.newBuilder().setKind(kind.wireName()).setName(name));
  }

  private int count(ConfigEntryKind kind) {
    return new ConfigEntries(replica.now()).ofKind(kind.wireName()).size();
  }

  @Test
  void shouldRefuseWhatBreaksAChainFarAway() {
    replica.done(write(redirect("a", one -> one.setService("b"))));
    replica.done(write(redirect("b", one -> one.setService("c"))));

    assertThat(replica.refusal(write(redirect("c", one -> one.setService("a")))))
        .startsWith("detected circular resolver redirect: [c.");
    assertThat(replica.refusal(write(protocol("c", "http"))))
        .isEqualTo(
            "discovery chain \"b\" uses inconsistent protocols; service \"c\" has \"http\" which"
                + " is not \"tcp\"");
    assertThat(count(ConfigEntryKind.SERVICE_RESOLVER)).isEqualTo(2);
    assertThat(count(ConfigEntryKind.SERVICE_DEFAULTS)).isZero();
  }

  @Test
  void shouldKeepTheDefaultsThatASplitterNeeds() {
    assertThat(replica.refusal(write(splitter("web", "api"))))
        .isEqualTo(
            "discovery chain \"web\" uses a protocol \"tcp\" that does not permit advanced routing"
                + " or splitting behavior");
    replica.done(write(protocol("web", "http")));
    replica.done(write(protocol("api", "http")));
    replica.done(write(splitter("web", "api")));

    assertThat(replica.refusal(delete(ConfigEntryKind.SERVICE_DEFAULTS, "api")))
        .contains("inconsistent protocols");
    replica.done(delete(ConfigEntryKind.SERVICE_SPLITTER, "web"));
    replica.done(delete(ConfigEntryKind.SERVICE_DEFAULTS, "api"));
  }

  @Test
  void shouldLookAtAllChainsWhenTheDefaultsOfAllChange() {
    ConfigEntry.Builder all = entry(ConfigEntryKind.PROXY_DEFAULTS, "global");
    Value http = Value.newBuilder().setStringValue("http").build();
    all.getProxyDefaultsBuilder().getConfigBuilder().putFields("protocol", http);
    replica.done(write(all));
    replica.done(write(splitter("web", "api")));
    replica.done(write(ingress("edge", "http", "shop")));

    assertThat(replica.refusal(delete(ConfigEntryKind.PROXY_DEFAULTS, "global")))
        .contains("does not permit advanced routing");
    replica.done(delete(ConfigEntryKind.SERVICE_SPLITTER, "web"));
    assertThat(replica.refusal(delete(ConfigEntryKind.PROXY_DEFAULTS, "global")))
        .isEqualTo(
            "service \"shop\" has protocol \"tcp\", which does not match defined listener protocol"
                + " \"http\"");
  }

  @Test
  void shouldMatchListenersWithTheirServices() {
    assertThat(replica.refusal(write(ingress("edge", "http", "web"))))
        .isEqualTo(
            "service \"web\" has protocol \"tcp\", which does not match defined listener protocol"
                + " \"http\"");
    replica.done(write(ingress("edge", "tcp", "web")));
    // Requests are bytes too, as long as nobody tells them apart.
    replica.done(write(protocol("web", "http")));
    assertThat(replica.refusal(write(splitter("web", "web2")))).contains("inconsistent protocols");
    replica.done(write(protocol("web2", "http")));
    assertThat(replica.refusal(write(splitter("web", "web2"))))
        .isEqualTo(
            "service \"web\" has protocol \"http\", which does not match defined listener protocol"
                + " \"tcp\"");
  }

  @Test
  void shouldNotGiveTwoKindsOfGatewaysOneName() {
    replica.done(write(ingress("edge", "tcp", "web")));
    ConfigEntry.Builder terminating = entry(ConfigEntryKind.TERMINATING_GATEWAY, "edge");
    terminating
        .getTerminatingGatewayBuilder()
        .addServices(LinkedService.newBuilder().setName("bank"));

    assertThat(replica.refusal(write(terminating)))
        .isEqualTo(
            "cannot create a \"terminating-gateway\" config entry with name \"edge\", a"
                + " \"ingress-gateway\" config entry with that name already exists");
  }

  @Test
  void shouldShowPeersOnlyWhatIsHere() {
    replica.done(write(exports("west", "web")));

    assertThat(replica.refusal(write(redirect("web", one -> one.setService("x").setPeer("p")))))
        .isEqualTo("peer exported service \"web\" contains cross-peer resolver redirect");
    assertThat(replica.refusal(write(redirect("web", one -> one.setDatacenter("dc9")))))
        .isEqualTo("peer exported service \"web\" contains cross-datacenter resolver redirect");
    assertThat(replica.refusal(write(failover("web", one -> one.addDatacenters("dc9")))))
        .isEqualTo("peer exported service \"web\" contains cross-datacenter failover");
    assertThat(replica.refusal(write(redirect("web", one -> one.setService("x")))))
        .isEqualTo(
            "peer exported service \"web\" uses protocol=\"tcp\" and cannot introduce new"
                + " discovery chain targets like \"x.default.default.dc1\"");
    replica.done(
        write(failover("web", one -> one.addTargets(FailoverTarget.newBuilder().setPeer("p")))));
    replica.done(write(redirect("other", one -> one.setService("x").setPeer("p"))));
    assertThat(replica.refusal(write(exports("west", "web", "other"))))
        .isEqualTo("peer exported service \"other\" contains cross-peer resolver redirect");
  }

  @Test
  void shouldRefuseIntentionsThatNoProxyCouldEnforce() {
    Value name = Value.newBuilder().setStringValue("okta").build();
    Value provider =
        Value.newBuilder().setStructValue(Struct.newBuilder().putFields("Name", name)).build();
    ConfigEntry.Builder intentions = Commands.intentions("web", Commands.source("", "a", "allow"));
    intentions
        .getServiceIntentionsBuilder()
        .getJwtBuilder()
        .putFields(
            "Providers",
            Value.newBuilder().setListValue(ListValue.newBuilder().addValues(provider)).build());

    assertThat(replica.refusal(write(intentions)))
        .isEqualTo(
            "1 error occurred:\n\t* Referenced JWT Provider does not exist. Provider Name:"
                + " okta\n\n");

    ConfigEntry.Builder okta = entry(ConfigEntryKind.JWT_PROVIDER, "okta");
    okta.getJwtProviderBuilder().getJsonWebKeySetBuilder().getLocalBuilder().setFilename("/k");
    replica.done(write(okta));
    assertThat(replica.refusal(write(intentions)))
        .startsWith("intentions with JWT requirements are not supported yet");
  }
}
