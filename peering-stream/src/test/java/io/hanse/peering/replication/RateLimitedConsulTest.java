package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.protocol.RecordedEvents;
import io.hanse.peering.protocol.RecordedEvents.Event;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A Consul whose operator limits requests ends streams with what was recorded of one; in virtual
 * time. Source: peering protocol, sections 3.8 and 12.
 */
class RateLimitedConsulTest {
  private static final String ALPHA_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";
  private static final String ADDRESS = "limited";
  private static final long EXHAUSTED_MILLIS = 8_192;

  private final SimTime time = new SimTime(1);
  private final SimNetwork network = new SimNetwork(time);
  private final SimCluster alpha = new SimCluster("alpha", time, network, command -> {});
  private final SimCluster beta = new SimCluster("beta", time, network, command -> {});
  private final List<Long> refusedMillis = new ArrayList<>();
  private final LinkStatus refusal = recorded();

  @BeforeEach
  void connect() {
    alpha.apply(SimCommands.initialize(ALPHA_ID, "dc-alpha"));
    beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
    alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
    alpha.apply(SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, List.of(ADDRESS), "stream"));
    beta.apply(SimCommands.pin("alpha", List.of(ADDRESS)));
    alpha.start();
    beta.start();
    network.relay(ADDRESS, alpha.addresses().get(0));
    time.runFor(60_000);
    assertThat(network.connections()).hasSize(1);
  }

  @AfterEach
  void close() {
    alpha.close();
    beta.close();
  }

  private static LinkStatus recorded() {
    Event end =
        RecordedEvents.byScenario("probes-ratelimit.tsv")
            .get("StreamResources under an exhausted limit, call 1")
            .stream()
            .filter(event -> event.kind().equals("end"))
            .findFirst()
            .orElseThrow();
    return LinkStatus.of(LinkStatus.Code.valueOf(end.arguments().get(0)), end.arguments().get(1));
  }

  private Inbound refuse(Outbound outbound) {
    refusedMillis.add(time.nowMillis());
    outbound.close(refusal);
    return new DeafInbound();
  }

  @Test
  void shouldComeBackNoFasterThanAConsulWould() {
    assertThat(refusal.code()).isEqualTo(LinkStatus.Code.RESOURCE_EXHAUSTED);
    network.listen(ADDRESS, this::refuse);
    network.connections().forEach(SimNetwork.Connection::cut);
    time.runFor(60_000);

    assertThat(refusedMillis).as("in a minute").hasSizeBetween(7, 8);
    for (int i = 1; i < refusedMillis.size(); i++) {
      assertThat(refusedMillis.get(i) - refusedMillis.get(i - 1))
          .isBetween(EXHAUSTED_MILLIS, EXHAUSTED_MILLIS + 500);
    }
    assertThat(beta.servers.get(0).statuses.shown(BETA_ID, true).getDisconnectError())
        .contains(refusal.text());

    network.relay(ADDRESS, alpha.addresses().get(0));
    time.runFor(EXHAUSTED_MILLIS + 1_000);
    assertThat(network.connections()).hasSize(1);
  }
}
