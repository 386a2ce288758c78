package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.FakeApi;
import io.hanse.cli.client.ApiClient;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an agent is told of a gateway that listens, and of one that stops. */
class GatewayRegistrationTest {
  private static final String DEREGISTER = "PUT /v1/agent/service/deregister/gw";

  private static FakeApi agent(String address, int port) throws IOException {
    return new FakeApi()
        .with("/v1/agent/service/gw", "{'ID':'gw','Address':'" + address + "','Port':" + port + "}")
        .with("/v1/agent/service/deregister/", "");
  }

  private static GatewayRegistration registered(FakeApi agent) {
    return new GatewayRegistration(
        ApiClient.of(agent.address()),
        "gw",
        InetSocketAddress.createUnresolved("10.0.0.5", 8443),
        Value.of("settled"));
  }

  private static void depart(FakeApi agent) {
    registered(agent).takeBack();
  }

  /** A check that has seen nobody listen would not look again for ten seconds. */
  @Test
  void shouldHaveTheAgentLookAgainOnceItListens() throws IOException {
    try (FakeApi agent = agent("10.0.0.5", 8443).with("/v1/agent/service/register", "")) {
      registered(agent).settle();
      await().until(() -> agent.requests().equals(List.of("PUT /v1/agent/service/register")));
    }
  }

  @Test
  void shouldNotComeBackAfterItsEnd() throws IOException {
    try (FakeApi agent = agent("10.0.0.5", 8443).with("/v1/agent/service/register", "")) {
      GatewayRegistration registration = registered(agent);
      registration.takeBack();
      registration.settle();
      registration.takeBack();
      assertThat(agent.requests()).doesNotContain("PUT /v1/agent/service/register");
    }
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
