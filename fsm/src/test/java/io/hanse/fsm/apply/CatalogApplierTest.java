package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.deregister;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.sidecar;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogApplierTest {
  private static final String ID_A = "aaaaaaaa-0000-0000-0000-000000000000";
  private static final String ID_B = "bbbbbbbb-0000-0000-0000-000000000000";

  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  @Test
  void shouldRegisterNodeServiceAndChecksInOneStep() {
    long index =
        replica
            .done(
                register(
                    node("n1"),
                    service("web", "web1").addTags("v1"),
                    check("alive", "", "passing"),
                    check("http", "web1", "")))
            .getIndex();

    List<CheckServiceNode> instances = new Health(replica.now()).service("", "WEB");

    assertThat(instances).hasSize(1);
    CheckServiceNode instance = instances.get(0);
    assertThat(instance.getNode().getRaftIndex().getCreateIndex()).isEqualTo(index);
    assertThat(instance.getService().getRaftIndex().getModifyIndex()).isEqualTo(index);
    assertThat(instance.getService().getWeights().getPassing()).isEqualTo(1);
    assertThat(instance.getChecksList())
        .extracting(HealthCheck::getCheckId)
        .containsExactly("alive", "http");
    HealthCheck check = instance.getChecks(1);
    assertThat(check.getStatus()).isEqualTo("critical");
    assertThat(check.getServiceName()).isEqualTo("web");
    assertThat(check.getServiceTagsList()).containsExactly("v1");
    assertThat(check.getNode()).isEqualTo("n1");
  }

  @Test
  void shouldKeepIndexesWhenNothingChanges() {
    replica.done(register(node("n1"), service("web", "web1"), check("c", "web1", "passing")));
    long before = replica.index(rows -> new Health(rows).service("", "web"));

    replica.done(register(node("n1"), service("web", "web1"), check("c", "web1", "passing")));

    assertThat(replica.index(rows -> new Health(rows).service("", "web"))).isEqualTo(before);
  }

  @Test
  void shouldFollowTheServiceInItsChecks() {
    replica.done(register(node("n1"), service("web", "web1"), check("c", "web1", "passing")));

    replica.done(register(node("n1"), service("api", "web1").addTags("t")));

    assertThat(new Health(replica.now()).ofService("", "web")).isEmpty();
    assertThat(new Health(replica.now()).ofService("", "api"))
        .singleElement()
        .satisfies(check -> assertThat(check.getServiceTagsList()).containsExactly("t"));
  }

  @Test
  void shouldTakeEverythingWithTheNode() {
    replica.done(register(node("n1"), service("web", "web1"), check("c", "web1", "passing")));
    replica.done(register(node("n1"), service("db", "db1"), check("alive", "", "passing")));

    replica.done(deregister("N1", "", ""));

    assertThat(new Catalog(replica.now()).nodes("")).isEmpty();
    assertThat(new Catalog(replica.now()).serviceNames("")).isEmpty();
    assertThat(new Health(replica.now()).inState("", "any")).isEmpty();
  }

  @Test
  void shouldTakeChecksWithTheirService() {
    replica.done(register(node("n1"), service("web", "web1"), check("c", "web1", "passing")));

    replica.done(deregister("n1", "web1", "ignored"));

    assertThat(new Health(replica.now()).ofNode("", "n1")).isEmpty();
    assertThat(new Catalog(replica.now()).node("", "n1")).isPresent();
  }

  @Test
  void shouldTakeOnlyTheCheckThatIsNamed() {
    replica.done(register(node("n1"), check("a", "", "passing"), check("b", "", "passing")));

    replica.done(deregister("n1", "", "a"));
    replica.done(deregister("n1", "", "unknown"));
    replica.done(deregister("unknown", "", ""));

    assertThat(new Health(replica.now()).ofNode("", "n1"))
        .extracting(HealthCheck::getCheckId)
        .containsExactly("b");
  }

  @Test
  void shouldRenameNodeByItsId() {
    replica.done(register(node("old").setId(ID_A), service("web", "web1")));

    replica.done(register(node("new").setId(ID_A)));

    assertThat(new Catalog(replica.now()).nodes(""))
        .extracting(Node::getNode)
        .containsExactly("new");
    assertThat(new Catalog(replica.now()).service("", "web")).isEmpty();
  }

  @Test
  void shouldRefuseNameThatIsReserved() {
    replica.done(register(node("n1").setId(ID_A), check("serfHealth", "", "passing")));

    assertThat(replica.refusal(register(node("N1").setId(ID_B))))
        .isEqualTo(
            "failed inserting node: Error while renaming Node ID: \""
                + ID_B
                + "\": Node name N1 is reserved by node "
                + ID_A
                + " with name n1 (10.0.0.1)");
  }

  @Test
  void shouldGiveAwayTheNameOfNodeThatNoAgentAnswersFor() {
    replica.done(register(node("n1").setId(ID_A)));

    replica.done(register(node("n1").setId(ID_B)));

    assertThat(new Catalog(replica.now()).node("", "n1"))
        .hasValueSatisfying(node -> assertThat(node.getId()).isEqualTo(ID_B));
  }

  @Test
  void shouldGiveAwayTheNameOfNodeThatIsDown() {
    replica.done(register(node("n1").setId(ID_A), check("serfHealth", "", "critical")));

    replica.done(register(node("n1").setId(ID_B)));

    assertThat(new Catalog(replica.now()).node("", "n1"))
        .hasValueSatisfying(node -> assertThat(node.getId()).isEqualTo(ID_B));
  }

  @Test
  void shouldGiveAnIdToNodeWithoutOne() {
    replica.done(register(node("n1")));

    replica.done(register(node("n1").setId(ID_A)));

    assertThat(new Catalog(replica.now()).node("", "n1"))
        .hasValueSatisfying(node -> assertThat(node.getId()).isEqualTo(ID_A));
  }

  @Test
  void shouldFindSidecarsByTheirDestination() {
    replica.done(register(node("n1"), sidecar("web")));
    replica.done(register(node("n1"), service("web", "web1")));

    assertThat(new Catalog(replica.now()).connect("", "web"))
        .singleElement()
        .satisfies(one -> assertThat(one.getService().getKind()).isEqualTo("connect-proxy"));
  }

  @Test
  void shouldLeaveNothingOfRefusedRegistration() {
    long digest = replica.machine.digest();

    assertThat(
            replica.refusal(
                register(node("n1"), service("web", "w"), check("c", "nope", "passing"))))
        .isEqualTo("Unknown service ID 'nope' for check ID 'c'");

    assertThat(new Catalog(replica.now()).nodes("")).isEmpty();
    assertThat(replica.machine.digest()).isNotEqualTo(digest); // The result is kept.
  }

  @Test
  void shouldRefuseWithConsulsTexts() {
    replica.done(register(node("n9")));

    assertThat(replica.refusal(register(node("")))).isEqualTo("Must provide node");
    assertThat(replica.refusal(register(node("n9").setPeerName("p"))))
        .isEqualTo("cannot register requests with PeerName in them");
    assertThat(replica.refusal(register(node("n9"), check("c", "", "passing").setNode("n8"))))
        .isEqualTo("Node 'n8' for check 'c' doesn't match register request node 'n9'");
    assertThat(replica.refusal(register(node("n9"), HealthCheck.newBuilder().setStatus("passing"))))
        .isEqualTo(
            "failed inserting check on node \"n9\": failed health check lookup: index error:"
                + " object is missing a value for this index");
    assertThat(replica.refusal(register(node("n9"), service("x", "x").putMeta("a b", "v"))))
        .isEqualTo(
            "failed inserting service: Invalid Service Meta for node n9 and serviceID x:"
                + " Couldn't load metadata pair ('a b', 'v'): Key contains invalid characters");
  }

  @Test
  void shouldKeepTheCreateIndexOfNodeThatIsRenamed() {
    long made = replica.done(register(node("old").setId(ID_A))).getIndex();

    long renamed = replica.done(register(node("new").setId(ID_A))).getIndex();

    assertThat(new Catalog(replica.now()).node("", "new"))
        .hasValueSatisfying(
            node -> {
              assertThat(node.getRaftIndex().getCreateIndex()).isEqualTo(made);
              assertThat(node.getRaftIndex().getModifyIndex()).isEqualTo(renamed);
            });
    assertThat(new Catalog(replica.now()).node("", "old")).isEmpty();
  }

  @Test
  void shouldNotRenameANodeOverOneThatIsAlive() {
    replica.done(register(node("n1").setId(ID_A)));
    replica.done(register(node("n2"), check("serfHealth", "", "passing")));

    assertThat(replica.refusal(register(node("n2").setId(ID_A).setAddress("10.0.0.7"))))
        .isEqualTo(
            "failed inserting node: Error while renaming Node ID: \""
                + ID_A
                + "\" (10.0.0.7): Node name n2 is reserved by node  with name n2 (10.0.0.1)");
    assertThat(new Catalog(replica.now()).node("", "n1")).isPresent();
  }

  @Test
  void shouldNameServicesWithAllTheirTags() {
    replica.done(register(node("n1"), service("web", "w1").addTags("a")));
    replica.done(register(node("n2"), service("web", "w2").addTags("b").addTags("a")));
    replica.done(register(node("n3"), service("web", "w3")));
    replica.done(register(node("n3"), service("Web", "w4").addTags("c")));

    assertThat(new Catalog(replica.now()).serviceNames(""))
        .isEqualTo(
            new TreeMap<>(
                Map.of("web", new TreeSet<>(Set.of("a", "b")), "Web", new TreeSet<>(Set.of("c")))));
  }

  @Test
  void shouldRefuseTagThatWouldEndAKey() {
    assertThat(replica.refusal(register(node("n1"), service("web", "w1").addTags("a\0b"))))
        .isEqualTo("a name may not contain a zero character");
  }
}
