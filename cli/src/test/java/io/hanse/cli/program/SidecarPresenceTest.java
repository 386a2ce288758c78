package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.FakeApi;
import io.hanse.cli.client.ApiClient;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What an agent is told of a sidecar that stops, and of the one that comes after it. */
class SidecarPresenceTest {
  private static final String FIND = "GET /v1/agent/service/web-sidecar-proxy";
  private static final String CHECKS = "GET /v1/agent/checks";
  private static final String REGISTER_CHECK = "PUT /v1/agent/check/register";
  private static final String REMOVE_CHECK =
      "PUT /v1/agent/check/deregister/sidecar-stopped%3Aweb-sidecar-proxy";
  private static final String LEFT = "{'sidecar-stopped:web-sidecar-proxy':{'Type':'tcp'}}";

  private static FakeApi agent() throws IOException {
    return new FakeApi()
        .with("/v1/agent/check/register", "")
        .with("/v1/agent/check/deregister/", "")
        .with("/v1/agent/service/web-sidecar-proxy", "{'Address':'192.0.2.5','Port':21000}");
  }

  private static SidecarPresence of(FakeApi agent) {
    SidecarPresence presence =
        new SidecarPresence(ApiClient.of(agent.address()), () -> "web-sidecar-proxy");
    presence.begin();
    return presence;
  }

  @Test
  void shouldHaveACheckOfItsOwnUntilItListensAgain() throws IOException {
    try (FakeApi agent = agent().with("/v1/agent/checks", LEFT)) {
      SidecarPresence first = of(agent);
      assertThat(first.leave()).isTrue();
      first.left();
      of(agent).settle();
      await().until(() -> agent.requests().contains(REMOVE_CHECK));
      assertThat(agent.requests())
          .containsExactly(
              FIND, REGISTER_CHECK, FIND, CHECKS, REGISTER_CHECK, CHECKS, REMOVE_CHECK);
    }
  }

  /** It may have heard of it, and would never look for the sidecar that comes next. */
  @Test
  void shouldHaveAnAgentLookAgainThatAnswersTooLate() throws IOException {
    CountDownLatch heard = new CountDownLatch(1);
    try (FakeApi agent =
        new FakeApi()
            .with("/v1/agent/service/web-sidecar-proxy", "{'Port':21000}")
            .with("/v1/agent/checks", LEFT)
            .after("/v1/agent/check/register", heard::await)) {
      SidecarPresence presence = of(agent);
      assertThat(presence.leave()).isFalse();
      heard.countDown();
      presence.left();
      assertThat(agent.requests())
          .containsExactly(FIND, REGISTER_CHECK, FIND, CHECKS, REGISTER_CHECK);
    }
  }

  /** There it was taken away meanwhile, by the next one that is there already. */
  @Test
  void shouldTellNoMoreOfOneWhosePlaceIsTaken() throws IOException {
    try (FakeApi agent = agent().with("/v1/agent/checks", "{}")) {
      SidecarPresence presence = of(agent);
      assertThat(presence.leave()).isTrue();
      presence.left();
      presence.settle();
      await().until(() -> agent.requests().size() == 5);
      assertThat(agent.requests()).containsExactly(FIND, REGISTER_CHECK, FIND, CHECKS, CHECKS);
    }
  }

  @Test
  void shouldStopAtOnceWhereTheAgentRefuses() throws IOException {
    try (FakeApi agent =
        new FakeApi()
            .with("/v1/agent/service/web-sidecar-proxy", "{'Port':21000}")
            .refusing("/v1/agent/check/register", "Permission denied")) {
      assertThat(of(agent).leave()).isFalse();
    }
  }

  @Test
  void shouldTellNothingOfOneThatIsNotRegistered() throws IOException {
    try (FakeApi agent = new FakeApi().with("/v1/agent/check/register", "")) {
      SidecarPresence presence = of(agent);
      assertThat(presence.leave()).isFalse();
      presence.left();
      assertThat(agent.requests()).isEmpty();
    }
  }
}
