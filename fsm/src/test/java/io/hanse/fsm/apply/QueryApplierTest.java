package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.createSession;
import static io.hanse.fsm.apply.Commands.deleteQuery;
import static io.hanse.fsm.apply.Commands.destroy;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.query;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.session;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.view.PreparedQueries;
import io.hanse.fsm.view.QueryRun;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueryApplierTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private static PreparedQuery.Builder template(String id, String name) {
    PreparedQuery.Builder query = query(id, name);
    query.getTemplateBuilder().setType("name_prefix_match");
    query.getServiceBuilder().setService("${name.suffix}");
    return query;
  }

  private Optional<String> resolved(String name) {
    return new PreparedQueries(replica.now())
        .resolve(name)
        .map(query -> query.getId() + " " + query.getService().getService());
  }

  @Test
  void shouldKeepNamesApart() {
    replica.done(write(query("q1", "Web"), false));

    assertThat(replica.refusal(write(query("q2", "web"), false)))
        .isEqualTo("name 'web' aliases an existing query name");
    assertThat(replica.refusal(write(template("q2", "web"), false)))
        .isEqualTo("name 'web' aliases an existing query name");
    assertThat(replica.refusal(write(query("q2", "Q1"), false)))
        .isEqualTo("name 'Q1' aliases an existing query ID");
    replica.done(write(query("q1", "web"), true));
    replica.done(write(template("q2", ""), false));
    assertThat(replica.refusal(write(template("q3", ""), false)))
        .isEqualTo("a query template with an empty name already exists");
  }

  @Test
  void shouldChangeOnlyWhatIsThere() {
    assertThat(replica.refusal(write(query("q1", "web"), true)))
        .isEqualTo("Cannot modify non-existent prepared query: 'q1'");
    assertThat(replica.refusal(deleteQuery("q1")))
        .isEqualTo("Cannot modify non-existent prepared query: 'q1'");
    replica.done(write(query("q1", "web"), false));
    assertThat(replica.refusal(write(query("q1", "web"), false))).contains("exists already");
    replica.done(deleteQuery("q1"));
    assertThat(new PreparedQueries(replica.now()).all()).isEmpty();
  }

  @Test
  void shouldEndWithItsSession() {
    assertThat(replica.refusal(write(query("q1", "").setSession("x1"), false)))
        .isEqualTo("invalid session \"x1\"");
    replica.done(register(node("n1")));
    replica.done(createSession(session("x1", "n1")));
    replica.done(write(query("q1", "").setSession("x1"), false));
    replica.done(write(query("q2", "stays"), false));

    replica.done(destroy("x1"));

    assertThat(new PreparedQueries(replica.now()).all())
        .extracting(PreparedQuery::getId)
        .containsExactly("q2");
  }

  @Test
  void shouldPreferTheIdThenTheNameThenTheLongestTemplate() {
    replica.done(write(query("q1", "web-1"), false));
    replica.done(write(template("q2", ""), false));
    replica.done(write(template("q3", "WEB-"), false));

    assertThat(resolved("q1")).contains("q1 web");
    assertThat(resolved("WEB-1")).contains("q1 web");
    assertThat(resolved("WEB-12")).contains("q3 12");
    assertThat(resolved("web-")).contains("q3 web-");
    assertThat(resolved("api")).contains("q2 api");
    assertThatThrownBy(() -> resolved("q3"))
        .hasMessage("prepared query templates can only be resolved up by name, not by ID");
    replica.done(deleteQuery("q2"));
    assertThat(resolved("api")).isEmpty();
  }

  private void instances() {
    for (String name : List.of("a", "b", "c")) {
      replica.done(
          register(
              node(name).putMeta("rack", name),
              service("web", "w" + name)
                  .addTags(name.equals("a") ? "X" : "y")
                  .putMeta("zone", name.equals("b") ? "1" : "2"),
              check(
                  "c" + name,
                  "w" + name,
                  name.equals("a") ? "passing" : name.equals("b") ? "warning" : "critical")));
    }
  }

  /** What a peer has taken out of use comes with a status of its own. */
  @Test
  void shouldLeaveOutWhatIsInMaintenanceAtAPeer() {
    replica.done(write(acceptor("west")));
    for (String status : List.of("passing", "maintenance")) {
      replica.done(
          reconcile(
              "west",
              "web",
              instance(node("w"), service("web", "w"), check("w:overall-check", "w", status))));
      PreparedQuery.Builder query = query("q1", "web");
      query.getServiceBuilder().setPeer("west");
      assertThat(run(query)).isEqualTo((status.equals("passing") ? "[w]" : "[]") + "west0");
    }
  }

  private String run(PreparedQuery.Builder query) {
    QueryRun run = QueryRun.of(replica.now(), query.build(), false);
    return run.instances().stream().map(one -> one.getNode().getNode()).toList()
        + run.peer()
        + run.failovers();
  }

  @Test
  void shouldFindWhatIsWanted() {
    instances();
    PreparedQuery.Builder query = query("q1", "web");
    assertThat(run(query)).isEqualTo("[a, b]0");
    query.getServiceBuilder().setOnlyPassing(true);
    assertThat(run(query)).isEqualTo("[a]0");
    query.getServiceBuilder().addIgnoreCheckIds("cc");
    assertThat(run(query)).isEqualTo("[a, c]0");
    query.getServiceBuilder().putServiceMeta("zone", "2");
    assertThat(run(query)).isEqualTo("[a, c]0");
    query.getServiceBuilder().putNodeMeta("rack", "c");
    assertThat(run(query)).isEqualTo("[c]0");
    query.getServiceBuilder().clearNodeMeta().addTags("!Y");
    assertThat(run(query)).isEqualTo("[a]0");
    query.getServiceBuilder().clearTags().addTags("x").addTags("!x");
    assertThat(run(query)).isEqualTo("[]0");
    query.getServiceBuilder().clearTags().setConnect(true);
    assertThat(run(query)).isEqualTo("[]0");
  }

  @Test
  void shouldFailOverToThePeersInTheirOrder() {
    replica.done(Commands.write(Commands.acceptor("west")));
    replica.done(
        reconcile(
            "west", "web", instance(node("far"), service("web", "w"), check("c", "w", "passing"))));
    PreparedQuery.Builder query = query("q1", "web");
    for (String peer : List.of("north", "", "west", "south")) {
      query.getServiceBuilder().getFailoverBuilder().addTargetsBuilder().setPeer(peer);
    }
    query
        .getServiceBuilder()
        .getFailoverBuilder()
        .addTargetsBuilder(0)
        .setPeer("west")
        .setDatacenter("dc9");

    assertThat(run(query)).isEqualTo("[far]west2");
    instances();
    assertThat(run(query)).isEqualTo("[a, b]0");
  }
}
