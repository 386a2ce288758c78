package io.hanse.fsm.view;

import static io.hanse.fsm.apply.Commands.intentions;
import static io.hanse.fsm.apply.Commands.protocol;
import static io.hanse.fsm.apply.Commands.source;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.Replica;
import io.hanse.fsm.row.IntentionHttpPermission;
import io.hanse.fsm.row.IntentionPermission;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.view.IntentionMatcher.Decision;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IntentionMatcherTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private Decision decide(String peer, String source, String destination, boolean byDefault) {
    return new IntentionMatcher(replica.now()).decide(peer, source, destination, byDefault);
  }

  private boolean allows(String peer, String source, String destination) {
    return decide(peer, source, destination, false).allowed();
  }

  @Test
  void shouldLeaveToTheDefaultWhatNoIntentionMatches() {
    assertThat(decide("", "a", "b", true).allowed()).isTrue();
    assertThat(decide("", "a", "b", false).allowed()).isFalse();
    assertThat(decide("", "a", "b", false).decidedBy()).isEmpty();
    assertThat(decide("", "a", "b", false).reason())
        .isEqualTo("no intention matches; the default is to deny");
  }

  @Test
  void shouldPreferTheMorePrecise() {
    replica.done(write(intentions("*", source("", "*", "deny"), source("", "web", "allow"))));
    assertThat(allows("", "web", "db")).isTrue();
    assertThat(allows("", "api", "db")).isFalse();

    replica.done(write(intentions("db", source("", "*", "deny"), source("", "ops", "allow"))));
    assertThat(allows("", "web", "db")).isFalse();
    assertThat(allows("", "ops", "db")).isTrue();
    assertThat(allows("", "web", "other")).isTrue();
  }

  @Test
  void shouldSayWhatDecided() {
    replica.done(write(intentions("db", source("west", "web", "allow"))));

    Decision decision = decide("west", "web", "db", false);

    assertThat(decision.allowed()).isTrue();
    assertThat(decision.destination()).isEqualTo("db");
    assertThat(decision.decidedBy()).map(SourceIntention::getName).contains("web");
    assertThat(decision.reason())
        .isEqualTo("intention web of peer west => db (precedence 9): allow");
  }

  @Test
  void shouldKeepPeersApart() {
    replica.done(write(intentions("db", source("", "*", "allow"), source("west", "*", "deny"))));

    assertThat(allows("", "web", "db")).isTrue();
    assertThat(allows("west", "web", "db")).isFalse();
    assertThat(decide("east", "web", "db", true).decidedBy()).isEmpty();
  }

  @Test
  void shouldAllowNoConnectionWhereRequestsAreDecidedOneByOne() {
    replica.done(write(protocol("db", "http")));
    replica.done(
        write(
            intentions(
                "db",
                SourceIntention.newBuilder()
                    .setName("web")
                    .addPermissions(
                        IntentionPermission.newBuilder()
                            .setAction("allow")
                            .setHttp(IntentionHttpPermission.newBuilder().setPathPrefix("/"))))));

    assertThat(decide("", "web", "db", true).allowed()).isFalse();
  }

  @Test
  void shouldListTheMorePreciseFirst() {
    replica.done(write(intentions("*", source("", "*", "deny"), source("", "web", "allow"))));
    replica.done(write(intentions("db", source("", "*", "deny"), source("p", "web", "allow"))));
    replica.done(write(intentions("api", source("", "web", "allow"))));

    IntentionMatcher matcher = new IntentionMatcher(replica.now());

    assertThat(matcher.forDestination("db"))
        .extracting(one -> one.source().getPrecedence())
        .containsExactly(9, 8, 6, 5);
    assertThat(matcher.forDestination("*")).hasSize(2);
    assertThat(matcher.all()).hasSize(5);
    assertThat(matcher.forSource("web"))
        .extracting(IntentionMatcher.Intention::destination)
        .containsExactly("api", "db", "*", "*");
  }
}
