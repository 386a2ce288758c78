package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.Outbound;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A leader that hangs: nothing comes of it, its connections stay, and new ones are taken by its
 * host. The others of its cluster have a new leader at once.
 */
class HungLeaderTest {
  private final SimPair pair = new SimPair();

  @AfterEach
  void close() {
    pair.close();
  }

  private List<String> dialed() {
    return pair.network.connections().stream().map(connection -> connection.to).toList();
  }

  private static Inbound silent(Outbound outbound) {
    return new DeafInbound();
  }

  /** One of three leads, and hangs while the next one takes over; then so much time passes. */
  private String afterHanging(int leader, long millis) {
    pair.start();
    pair.connect();
    List<SimCluster.Server> servers = pair.alpha.servers;
    SimCluster.Server hung = servers.get(leader);
    SimCluster.Server next = servers.get((leader + 1) % servers.size());
    pair.alpha.moveLeadership(hung);
    pair.time.runFor(30_000);
    assertThat(dialed()).containsExactly(hung.address);

    pair.network.listen(hung.address, HungLeaderTest::silent);
    pair.network.connections().forEach(SimNetwork.Connection::fallSilent);
    pair.alpha.moveLeadership(next);
    pair.time.runFor(millis);
    return next.address;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void shouldBeLeftForTheNextOneSoon(int leader) {
    pair.network.speakInChanges(1);
    assertThat(afterHanging(leader, 13_000)).isIn(dialed());
  }

  /** What it says lies there meanwhile. */
  @Test
  void shouldBeKeptWhereItsDialerHasNoThreadToHearIt() {
    pair.network.speakInChanges(1);
    pair.start();
    pair.connect();
    pair.time.runFor(30_000);
    List<SimNetwork.Connection> before = pair.network.connections();
    before.forEach(connection -> connection.leaveLying(true));
    pair.time.runFor(40_000);
    before.forEach(connection -> connection.leaveLying(false));
    pair.time.runFor(40_000);
    assertThat(pair.network.connections()).isEqualTo(before);
  }

  /** It promised nothing: by Consul's rules it may be silent for two minutes. */
  @Test
  void shouldBeKeptAsLongAsConsulDoesWhereItAnnouncedNothing() {
    pair.network.speakInChanges(0);
    assertThat(afterHanging(1, 100_000)).isNotIn(dialed());
    pair.time.runFor(30_000);
    assertThat(dialed()).contains("alpha2");
  }
}
