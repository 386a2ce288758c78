package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.markDeleted;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.purge;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.reconcileList;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.withdraw;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Locality;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImportApplierTest {
  private static final String PREFIX =
      "did not increment imported services count for service=\"web\": ";

  private final Replica replica = new Replica();

  @BeforeEach
  void peer() {
    replica.done(write(acceptor("west")));
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private static CheckServiceNode.Builder web(String node, String id, String status) {
    return instance(node(node), service("web", id), check(id + ":overall-check", id, status));
  }

  private List<CheckServiceNode> stored(String service) {
    return new Health(replica.now()).service("west", service);
  }

  @Test
  void shouldStampThePeerOnAllRows() {
    replica.done(
        reconcile(
            "West",
            "web",
            web("n1", "w1", "passing")
                .setNode(node("n1").setLocality(Locality.newBuilder().setRegion("r")))));

    assertThat(stored("web")).hasSize(1);
    CheckServiceNode one = stored("web").get(0);
    assertThat(one.getNode().getPeerName()).isEqualTo("west");
    assertThat(one.getNode().hasLocality()).isFalse();
    assertThat(one.getService().getPeerName()).isEqualTo("west");
    assertThat(one.getChecks(0).getPeerName()).isEqualTo("west");
    assertThat(one.getChecks(0).getServiceName()).isEqualTo("web");
    assertThat(new Health(replica.now()).service("", "web")).isEmpty();
  }

  @Test
  void shouldWithholdWhatASilentPeerExportedUntilItIsGivenBack() {
    replica.done(register(node("n1"), service("web", "w1")));
    replica.done(reconcile("west", "web", web("n1", "w1", "passing")));
    List<CheckServiceNode> before = stored("web");

    replica.done(withdraw("West", true));
    assertThat(stored("web")).isEmpty();
    assertThat(new Catalog(replica.now()).service("west", "web")).isEmpty();
    assertThat(new Health(replica.now()).service("", "web")).hasSize(1);
    assertThat(new Peerings(replica.now()).importedServices("west")).containsExactly("web");
    assertThat(replica.submit(withdraw("west", true)).getDone()).isFalse();
    assertThat(new Peerings(replica.now()).withdrawal("west").orElseThrow().getSinceMillis())
        .isEqualTo(7);

    replica.done(withdraw("west", false));
    assertThat(stored("web")).isEqualTo(before).hasSize(1);
    assertThat(replica.submit(withdraw("west", false)).getDone()).isFalse();
  }

  @Test
  void shouldWithholdNothingOfAPeerThatIsNotThereOrEnds() {
    assertThat(replica.submit(withdraw("nobody", true)).getProblem()).isNotZero();
    replica.done(reconcile("west", "web", web("n1", "w1", "passing")));
    replica.done(withdraw("west", true));
    replica.done(markDeleted("west"));
    assertThat(replica.submit(withdraw("west", true)).getProblem()).isNotZero();
    replica.done(purge("west", 10));
    assertThat(new Peerings(replica.now()).withdrawal("west")).isEmpty();
  }

  @Test
  void shouldNotTouchThisClustersOwnRows() {
    replica.done(register(node("n1"), service("web", "w1")));
    replica.done(reconcile("west", "web", web("n1", "w1", "critical")));

    replica.done(reconcile("west", "web"));

    assertThat(new Health(replica.now()).service("", "web")).hasSize(1);
    assertThat(stored("web")).isEmpty();
  }

  @Test
  void shouldReplaceWhatIsStored() {
    replica.done(reconcile("west", "web", web("n1", "w1", "passing"), web("n1", "w2", "passing")));
    replica.done(reconcile("west", "web", web("n2", "w3", "passing")));

    assertThat(stored("web")).extracting(one -> one.getService().getId()).containsExactly("w3");
    assertThat(new Catalog(replica.now()).nodes("west"))
        .extracting(Node::getNode)
        .containsExactly("n2");
    assertThat(new Health(replica.now()).inState("west", "any")).hasSize(1);
  }

  @Test
  void shouldKeepNodeThatOtherServicesNeed() {
    replica.done(reconcile("west", "web", web("n1", "w1", "passing")));
    replica.done(reconcile("west", "api", instance(node("n1"), service("api", "a1"))));

    replica.done(reconcile("west", "web"));

    assertThat(new Catalog(replica.now()).node("west", "n1")).isPresent();
    assertThat(stored("api")).hasSize(1);
  }

  @Test
  void shouldDropChecksThatAreNotSentAnyMore() {
    replica.done(
        reconcile(
            "west",
            "web",
            web("n1", "w1", "passing").addChecks(check("alive", "", "passing").setNode("n1"))));

    replica.done(reconcile("west", "web", instance(node("n1"), service("web", "w1"))));

    assertThat(stored("web").get(0).getChecksList()).isEmpty();
  }

  @Test
  void shouldMoveTheIndexOnlyOfWhatChanged() {
    replica.done(reconcile("west", "web", web("n1", "w1", "passing")));
    replica.done(reconcile("west", "api", instance(node("n2"), service("api", "a1"))));
    long api = replica.index(rows -> new Health(rows).service("west", "api"));
    long web = replica.index(rows -> new Health(rows).service("west", "web"));

    replica.done(reconcile("west", "web", web("n1", "w1", "passing")));
    assertThat(replica.index(rows -> new Health(rows).service("west", "web"))).isEqualTo(web);

    long flipped = replica.done(reconcile("west", "web", web("n1", "w1", "critical"))).getIndex();
    assertThat(replica.index(rows -> new Health(rows).service("west", "web"))).isEqualTo(flipped);
    assertThat(replica.index(rows -> new Health(rows).service("west", "api"))).isEqualTo(api);
  }

  @Test
  void shouldKeepOnlyWhatIsListedAndItsTwin() {
    for (String name : new String[] {"web", "web-sidecar-proxy", "api", "api-sidecar-proxy"}) {
      replica.done(reconcile("west", name, instance(node("n1"), service(name, name))));
    }

    replica.done(reconcileList("west", "WEB", "unknown"));

    assertThat(new Peerings(replica.now()).importedServices("west"))
        .containsExactly("web", "web-sidecar-proxy");

    replica.done(reconcileList("west"));
    assertThat(new Catalog(replica.now()).nodes("west")).isEmpty();
  }

  @Test
  void shouldRenameImportedNodeByItsId() {
    String id = "aaaaaaaa-0000-0000-0000-000000000000";
    replica.done(reconcile("west", "web", instance(node("old").setId(id), service("web", "w1"))));

    replica.done(reconcile("west", "web", instance(node("new").setId(id), service("web", "w1"))));

    assertThat(stored("web")).extracting(one -> one.getNode().getNode()).containsExactly("new");
  }

  @Test
  void shouldLeaveNothingOfWhatItRefuses() {
    replica.done(reconcile("west", "web", web("n1", "w1", "passing")));

    assertThat(
            replica.refusal(
                reconcile(
                    "west",
                    "web",
                    web("n2", "w2", "passing"),
                    instance(node("n3"), service("web", "imp1").putMeta("consul-x", "v")))))
        .isEqualTo(
            PREFIX
                + "failed to register service: failed inserting service: Invalid Service Meta for"
                + " node n3 and serviceID imp1: Couldn't load metadata pair ('consul-x', 'v'): Key"
                + " prefix 'consul-' is reserved for internal use");

    assertThat(stored("web")).extracting(one -> one.getService().getId()).containsExactly("w1");
  }

  @Test
  void shouldRefuseWithConsulsTexts() {
    HealthCheck.Builder stray = check("c", "nope", "passing");
    CheckServiceNode.Builder otherNode =
        CheckServiceNode.newBuilder()
            .setNode(node("pn1"))
            .setService(service("web", "w"))
            .addChecks(check("c", "w", "passing").setNode("zz"));

    assertThat(replica.refusal(reconcile("west", "web", otherNode)))
        .isEqualTo(
            PREFIX + "failed to register check: check node \"zz\" does not match node \"pn1\"");
    assertThat(
            replica.refusal(
                reconcile("west", "web", instance(node("pn1"), service("web", "w"), stray))))
        .isEqualTo(
            PREFIX
                + "failed to register check: failed inserting check on node \"pn1\": Missing"
                + " service registration");
    assertThat(
            replica.refusal(
                reconcile(
                    "west",
                    "web",
                    instance(
                        node("pn1").setId("zz345678-0000-0000-0000-000000000000"),
                        service("web", "w")))))
        .isEqualTo(
            PREFIX
                + "failed to register node: failed inserting node: node lookup failed: node lookup"
                + " by ID failed: index error: invalid UUID: encoding/hex: invalid byte: U+007A"
                + " 'z'");
  }

  @Test
  void shouldRefuseIncompleteRows() {
    assertThat(
            replica.refusal(
                reconcile(
                    "west", "web", CheckServiceNode.newBuilder().setService(service("web", "w")))))
        .isEqualTo(PREFIX + "an instance has no node");
    assertThat(replica.refusal(reconcile("west", "web", instance(node("n"), service("web", "")))))
        .isEqualTo(PREFIX + "an instance on node \"n\" has no service");
  }

  @Test
  void shouldTakeNothingFromPeersThatAreGone() {
    replica.done(markDeleted("west"));

    assertThat(replica.refusal(reconcile("west", "web", web("n1", "w1", "passing"))))
        .isEqualTo("cannot write to peering that is marked for deletion");
    assertThat(replica.refusal(reconcileList("east")))
        .isEqualTo("peering does not exist or has been marked for deletion");
  }
}
