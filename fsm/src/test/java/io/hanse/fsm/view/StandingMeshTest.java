package io.hanse.fsm.view;

import static io.hanse.fsm.apply.Commands.deregister;
import static io.hanse.fsm.apply.Commands.exports;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.markDeleted;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.protocol;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.sidecar;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.Commands;
import io.hanse.fsm.apply.Replica;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.StandingMesh.Mesh;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StandingMeshTest {
  /** Some of them are refused at times, which is as good. */
  private static final List<Supplier<Command.Builder>> STEPS =
      List.of(
          () -> register(node("n1"), service("web", "w1")),
          () -> register(node("n2"), service("Web", "w2")),
          () -> register(node("n2"), service("web", "w3").setPort(80)),
          () -> register(node("n1"), service("api", "w1")),
          () -> register(node("n1"), service("api", "a1").setPort(81)),
          () -> register(node("n1"), service("consul", "c1")),
          () -> register(node("n1"), sidecar("web")),
          () -> register(node("n2"), sidecar("api")),
          () -> register(node("n2"), sidecar("Web")),
          () -> deregister("n1", "web-sidecar-proxy", ""),
          () -> register(node("n2"), service("web-sidecar-proxy", "s1")),
          () -> deregister("n1", "w1", ""),
          () -> deregister("n2", "w2", ""),
          () -> deregister("n2", "w3", ""),
          () -> deregister("n1", "a1", ""),
          () -> deregister("n1", "", ""),
          () -> deregister("n2", "", ""),
          () -> write(exports("west", "*")),
          () -> write(exports("west", "*", "db")),
          () -> write(exports("west", "web", "API")),
          () -> write(exports("east", "*")),
          () -> write(protocol("web", "http")),
          () -> write(Commands.acceptor("west")),
          () -> reconcile("west", "other", instance(node("n1"), service("other", "o1"))),
          () -> markDeleted("west"));

  private static SortedSet<String> sidecars(View view) {
    SortedSet<String> names = new TreeSet<>();
    for (CheckServiceNode sidecar : new Catalog(view).ofKind("", ServiceKinds.CONNECT_PROXY)) {
      names.add(sidecar.getService().getProxy().getDestinationServiceName());
    }
    names.remove("");
    return names;
  }

  @Property(tries = 300)
  void shouldAnswerAsWhoLooksAtAll(
      @ForAll @Size(min = 5, max = 60) List<@IntRange(min = 0, max = 24) Integer> steps) {
    try (Replica replica = new Replica()) {
      replica.done(Commands.initialize());
      replica.done(write(exports("west", "*")));
      StandingMesh standing = new StandingMesh();
      for (int step : steps) {
        replica.submit(STEPS.get(step).get());

        View view = replica.now();
        Mesh told = standing.at(view);
        long index = view.readIndex();

        assertThat(told.consumers()).isEqualTo(new ExportResolver(replica.now()).consumers());
        assertThat(told.services()).isEqualTo(sidecars(replica.now()));
        View anew = replica.now();
        new StandingMesh().at(anew);
        assertThat(index).as("a wait from here on misses nothing").isEqualTo(anew.readIndex());
      }
    }
  }

  @Test
  void shouldAnswerTheSameWhereNoNameCameOrWent() {
    try (Replica replica = new Replica()) {
      replica.done(Commands.initialize());
      replica.done(register(node("n1"), service("web", "w1")));
      replica.done(register(node("n2"), service("web", "w2")));
      replica.done(register(node("n1"), sidecar("web")));
      replica.done(register(node("n2"), sidecar("web")));
      replica.done(write(exports("west", "*")));
      StandingMesh standing = new StandingMesh();
      Mesh first = standing.at(replica.now());
      assertThat(first.services()).containsExactly("web");

      replica.done(register(node("n1"), service("web", "w1").setPort(80)));
      replica.done(deregister("n2", "w2", ""));
      replica.done(deregister("n2", sidecar("web").getId(), ""));
      assertThat(standing.at(replica.now())).isSameAs(first);

      replica.done(register(node("n2"), service("api", "a1")));
      assertThat(standing.at(replica.now()).consumers()).containsOnlyKeys("api", "web");
      replica.done(deregister("n1", sidecar("web").getId(), ""));
      assertThat(standing.at(replica.now()).services()).isEmpty();
    }
  }
}
