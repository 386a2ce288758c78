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
import io.hanse.fsm.row.Command;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver.Exports;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StandingExportsTest {
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

  @Property(tries = 300)
  void shouldAnswerAsWhoLooksAtAll(
      @ForAll @Size(min = 5, max = 60) List<@IntRange(min = 0, max = 22) Integer> steps) {
    try (Replica replica = new Replica()) {
      replica.done(Commands.initialize());
      replica.done(write(exports("west", "*")));
      StandingExports standing = new StandingExports("west", new ExportLists());
      for (int step : steps) {
        replica.submit(STEPS.get(step).get());

        View view = replica.now();
        Exports told = standing.at(view);
        long index = view.readIndex();

        View anew = replica.now();
        assertThat(told).isEqualTo(new ExportResolver(anew).forPeer("west"));
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
      replica.done(write(exports("west", "*")));
      StandingExports standing = new StandingExports("west", new ExportLists());
      Exports first = standing.at(replica.now());

      replica.done(register(node("n1"), service("web", "w1").setPort(80)));
      replica.done(deregister("n2", "w2", ""));
      assertThat(standing.at(replica.now())).isSameAs(first);

      replica.done(register(node("n2"), service("api", "a1")));
      assertThat(standing.at(replica.now()).services()).containsExactly("api", "web");
    }
  }

  /** "Aa" and "BB" have the same hash. */
  @Test
  void shouldTellApartWhatHasTheSameHash() {
    Exports one = new Exports(new TreeSet<>(Set.of("Aa")), new TreeMap<>());
    Exports other = new Exports(new TreeSet<>(Set.of("BB")), new TreeMap<>());
    assertThat(one.hashCode()).isEqualTo(other.hashCode());
    ExportLists lists = new ExportLists();
    ExportLists.Listed listed = lists.listed(one);
    ExportLists.Listed listedOther = lists.listed(other);
    assertThat(listed.exports()).isEqualTo(one);
    assertThat(listedOther.exports()).isEqualTo(other);
    assertThat(lists.listed(new Exports(one.services(), one.meshServices()))).isSameAs(listed);
    assertThat(lists.listed(new Exports(other.services(), other.meshServices())))
        .isSameAs(listedOther);
  }

  @Test
  void shouldKeepOnceWhatManyMaySee() {
    try (Replica replica = new Replica()) {
      replica.done(Commands.initialize());
      replica.done(register(node("n1"), service("web", "w1")));
      replica.done(write(exports("west", "*")));
      ExportLists lists = new ExportLists();
      StandingExports one = new StandingExports("west", lists);
      StandingExports other = new StandingExports("west", lists);
      assertThat(one.at(replica.now())).isSameAs(other.at(replica.now()));

      replica.done(register(node("n2"), service("api", "a1")));
      Exports newer = one.at(replica.now());
      assertThat(newer.services()).containsExactly("api", "web");
      assertThat(other.at(replica.now())).isSameAs(newer);
    }
  }
}
