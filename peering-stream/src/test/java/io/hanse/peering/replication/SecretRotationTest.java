package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.LogPace;
import io.hanse.peering.Mistakes;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.SecretFollower;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log is told of a secret that is to be followed by another. */
class SecretRotationTest {
  private static final String ID = "be7a0000-0000-4000-8000-000000000002";

  private final SimTime time = new SimTime(1);
  private final SimCluster cluster =
      new SimCluster("beta", time, new SimNetwork(time), command -> {});
  private final List<String> lines = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private String next = "second";
  private boolean isConfirmed;
  private boolean breaks;
  private final Mistakes made = new Mistakes();

  private final SecretFollower follower =
      new SecretFollower() {
        @Override
        public CompletableFuture<String> follow(
            LinkTarget target, String peerId, String current, Duration patience) {
          if (breaks) {
            throw made.next();
          }
          return CompletableFuture.completedFuture(next);
        }

        @Override
        public CompletableFuture<Void> confirm(
            LinkTarget target, String peerId, String stored, Duration patience) {
          isConfirmed = true;
          return CompletableFuture.completedFuture(null);
        }
      };

  private final Leadership leadership = cluster.servers.get(0);
  private final SecretRotation rotation =
      new SecretRotation(
          new Replication(
              cluster,
              command -> CompletableFuture.completedFuture(cluster.apply(command)),
              leadership,
              (target, inbound) -> {
                throw new AssertionError("nobody dials here");
              },
              follower,
              time,
              new StreamStatuses(time::nowMillis),
              new Farewells(),
              ReplicationSettings.DEFAULT,
              new ExportedContents(cluster),
              new KeptOffers(),
              new RoomTurns(),
              new LogPace()),
          time.newLoop(),
          lines::add,
          warnings::add);

  @BeforeEach
  void establish() {
    cluster.apply(SimCommands.dialer(ID, "alpha", "theirs", List.of("h:1"), "first"));
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private Peering stored() {
    try (View view = cluster.view()) {
      return new Peerings(view).byId(ID).orElseThrow();
    }
  }

  private void rotate() {
    rotation.begin(new LinkTarget("h:1", "server", List.of()), stored(), "first");
    time.runFor(1_000);
  }

  @Test
  void shouldTellOfASecretThatWasFollowed() {
    rotate();
    assertThat(isConfirmed).isTrue();
    assertThat(lines).containsExactly("stream secret followed by another peer=alpha");
    assertThat(warnings).isEmpty();
  }

  @Test
  void shouldTellNoSuccessWhereAnotherSecretWasStoredMeanwhile() {
    cluster.apply(SimCommands.follow(ID, "first", "of a token"));
    rotate();
    assertThat(isConfirmed).isFalse();
    assertThat(lines)
        .containsExactly(
            "stream secret not followed by another peer=alpha"
                + " cause=\"a new token was redeemed meanwhile\"");
  }

  @Test
  void shouldBeginAnewAfterAMistakeThatNobodyForesaw() {
    breaks = true;
    rotate();
    assertThat(warnings)
        .containsExactly(
            "stream secret not followed by another peer=alpha cause=\"internal error\"");
    breaks = false;
    time.runFor(ReplicationSettings.DEFAULT.secretMillisMax());
    assertThat(rotation.isDue(1)).as("it is under way no more").isTrue();
    rotate();
    assertThat(isConfirmed).isTrue();
  }

  @Test
  void shouldTellNoSuccessWhereTheOtherClusterNamedNoSecret() {
    next = "";
    rotate();
    assertThat(lines).isEmpty();
    assertThat(warnings)
        .containsExactly(
            "stream secret not followed by another peer=alpha"
                + " cause=\"the other cluster named none\"");
  }
}
