package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.FakeApi;
import io.hanse.cli.client.ApiClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** What an agent is told of a gateway that stops. */
class GatewayDepartureTest {
  private static final String DEREGISTER = "PUT /v1/agent/service/deregister/gw";

  private static FakeApi agent(String address, int port) throws IOException {
    return new FakeApi()
        .with("/v1/agent/service/gw", "{'ID':'gw','Address':'" + address + "','Port':" + port + "}")
        .with("/v1/agent/service/deregister/", "");
  }

  private static void depart(FakeApi agent) {
    new GatewayDeparture(
            ApiClient.of(agent.address()),
            "gw",
            InetSocketAddress.createUnresolved("10.0.0.5", 8443))
        .run();
  }

  @Test
  void shouldTakeItsRegistrationBack() throws IOException {
    try (FakeApi agent = agent("10.0.0.5", 8443)) {
      depart(agent);
      assertThat(agent.requests()).containsExactly("GET /v1/agent/service/gw", DEREGISTER);
    }
  }

  @Test
  void shouldLeaveAloneWhoHasItsIdByNow() throws IOException {
    try (FakeApi agent = agent("10.0.0.5", 9443)) {
      depart(agent);
      assertThat(agent.requests()).doesNotContain(DEREGISTER);
    }
    try (FakeApi agent = agent("10.0.0.6", 8443)) {
      depart(agent);
      assertThat(agent.requests()).doesNotContain(DEREGISTER);
    }
  }

  @Test
  void shouldGoOnToStopWithoutAnAgent() throws IOException {
    FakeApi agent = agent("10.0.0.5", 8443);
    agent.close();
    depart(agent);
    assertThat(agent.requests()).isEmpty();
  }
}
