package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.FakeApi;
import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.gateway.MeshProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What an agent is told of a gateway that listens, of one that stops, and of one that can't. */
class GatewayRegistrationTest {
  private static final String FIND = "GET /v1/agent/service/gw";
  private static final String REGISTER = "PUT /v1/agent/service/register";
  private static final String REGISTER_CHECK = "PUT /v1/agent/check/register";
  private static final String CHECKS = "GET /v1/agent/checks";
  private static final String LEAVING = "{'service:gw':{'Notes':'The gateway was told to stop.'}}";
  private static final String DEREGISTER = "PUT /v1/agent/service/deregister/gw";
  private static final InetSocketAddress ADDRESS =
      InetSocketAddress.createUnresolved("192.0.2.5", 8443);

  private static FakeApi agent() throws IOException {
    return new FakeApi()
        .with("/v1/agent/service/register", "")
        .with("/v1/agent/service/deregister/", "")
        .with("/v1/agent/check/register", "");
  }

  private static FakeApi agentWith(String address, int port) throws IOException {
    return agent().with("/v1/agent/service/gw", at(address, port));
  }

  private static String at(String address, int port) {
    return "{'ID':'gw','Address':'" + address + "','Port':" + port + "}";
  }

  private static GatewayRegistration of(String agent) {
    GatewayDefinition definition = new GatewayDefinition("gw", ADDRESS, ADDRESS, Map.of(), "6h");
    return new GatewayRegistration(ApiClient.of(agent), definition);
  }

  private static GatewayRegistration make(FakeApi agent) {
    GatewayRegistration registration = of(agent.address());
    registration.begin();
    return registration;
  }

  /** A check that has seen nobody listen would not look again for ten seconds. */
  @Test
  void shouldHaveTheAgentLookAgainOnceItListens() throws IOException {
    try (FakeApi agent = agent()) {
      make(agent).settle();
      await().until(() -> agent.requests().stream().filter(REGISTER::equals).count() == 2);
    }
  }

  @Test
  void shouldNotComeBackAfterItsEnd() throws IOException {
    try (FakeApi agent = agentWith("192.0.2.5", 8443)) {
      GatewayRegistration registration = make(agent);
      registration.leave();
      registration.settle();
      registration.leave();
      assertThat(agent.requests()).containsOnlyOnce(REGISTER);
    }
  }

  /** Other clusters dial it by its address, which they would forget with it. */
  @Test
  void shouldStayRegisteredWhenItStops() throws IOException {
    try (FakeApi agent = agentWith("192.0.2.5", 8443).with("/v1/agent/checks", LEAVING)) {
      GatewayRegistration registration = make(agent);
      assertThat(registration.leave()).isTrue();
      registration.left();
      assertThat(agent.requests())
          .containsExactly(FIND, REGISTER, FIND, REGISTER_CHECK, FIND, CHECKS, REGISTER_CHECK);
    }
  }

  /** It may have heard of it, and would never look for the gateway that comes next. */
  @Test
  void shouldHaveAnAgentLookAgainThatAnswersTooLate() throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    try (FakeApi agent =
        new FakeApi()
            .with("/v1/agent/service/register", "")
            .with("/v1/agent/service/gw", at("192.0.2.5", 8443))
            .with("/v1/agent/checks", LEAVING)
            .after("/v1/agent/check/register", heard::await)) {
      GatewayRegistration registration = make(agent);
      assertThat(registration.leave()).isFalse();
      heard.countDown();
      registration.left();
      assertThat(agent.requests()).endsWith(REGISTER_CHECK, FIND, CHECKS, REGISTER_CHECK);
    }
  }

  @Test
  void shouldLeaveAloneWhoHasItsPlaceByNow() throws IOException {
    try (FakeApi agent =
        agentWith("192.0.2.5", 8443).with("/v1/agent/checks", "{'service:gw':{'Notes':''}}")) {
      GatewayRegistration registration = make(agent);
      assertThat(registration.leave()).isTrue();
      registration.left();
      assertThat(agent.requests()).containsOnlyOnce(REGISTER_CHECK);
    }
  }

  @Test
  void shouldLeaveAloneWhoHasItsIdByNow() throws IOException {
    for (String address : new String[] {"192.0.2.5", "192.0.2.6"}) {
      int port = address.equals("192.0.2.5") ? 9443 : 8443;
      try (FakeApi agent = agentWith(address, port)) {
        GatewayRegistration registration = make(agent);
        assertThat(registration.leave()).isFalse();
        registration.left();
        registration.takeBack();
        assertThat(agent.requests()).containsExactly(FIND, REGISTER, FIND, FIND);
      }
    }
  }

  @Test
  void shouldTakeBackWhatNeverListened() throws IOException {
    try (FakeApi agent = agent()) {
      GatewayRegistration registration = make(agent);
      agent.with("/v1/agent/service/gw", at("192.0.2.5", 8443));
      registration.takeBack();
      assertThat(agent.requests()).endsWith(FIND, DEREGISTER).doesNotContain(REGISTER_CHECK);
      registration.settle();
      registration.takeBack();
      assertThat(agent.requests()).containsOnlyOnce(REGISTER);
    }
  }

  /** Of one that is away for a moment, or of another that has the port. */
  @Test
  void shouldLeaveWhatWasThereBefore() throws IOException {
    try (FakeApi agent = agentWith("192.0.2.5", 8443)) {
      make(agent).takeBack();
      assertThat(agent.requests()).endsWith(FIND, REGISTER_CHECK).doesNotContain(DEREGISTER);
    }
  }

  @Test
  void shouldGoOnToStopWithoutAnAgent() throws IOException {
    FakeApi agent = agent();
    GatewayRegistration registration = make(agent);
    agent.close();
    assertThat(registration.leave()).isFalse();
    registration.left();
    registration.takeBack();
    assertThat(agent.requests()).containsExactly(REGISTER);
  }

  @Test
  void shouldTakeBackTheRegistrationOfAGatewayThatFailsInAnyWay() throws IOException {
    try (FakeApi agent = agent()) {
      ProxyRun run = new ProxyRun(Optional.of(of(agent.address())));
      assertThatThrownBy(
              () ->
                  run.start(
                      () -> {},
                      () -> {
                        throw new IllegalStateException("no memory");
                      }))
          .hasMessage("no memory");
      agent.with("/v1/agent/service/gw", at("192.0.2.5", 8443));
      run.abandon();
      run.abandon();
      assertThat(agent.requests()).containsOnlyOnce(DEREGISTER);
    }
  }

  @Test
  void shouldNotStartWhatWasToldToStop() throws Exception {
    try (FakeApi agent = agent()) {
      ProxyRun run = new ProxyRun(Optional.of(of(agent.address())));
      run.stop();
      assertThatThrownBy(() -> run.start(() -> {}, GatewayRegistrationTest::mustNotStart))
          .isInstanceOf(IOException.class);
      assertThat(agent.requests()).isEmpty();
    }
  }

  private static MeshProxy mustNotStart() {
    throw new AssertionError("started");
  }

  /** It takes connections and says nothing: whoever asks it waits for a minute and more. */
  @Test
  void shouldNotWaitForAnAgentThatDoesNotAnswerWhenItIsToldToStop() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ProxyRun run = new ProxyRun(Optional.of(of("127.0.0.1:" + silent.getLocalPort())));
      CompletableFuture<Throwable> failure = started(run);
      try (Socket asking = silent.accept()) {
        assertThat(asking.getInputStream().read()).isPositive();
        assertThat(stopped(run)).succeedsWithin(Duration.ofSeconds(2));
      }
      assertThat(failure.get(10, TimeUnit.SECONDS)).isInstanceOf(CommandFailure.class);
    }
  }

  /** The agent has it, and what takes it back must not get there first. */
  @Test
  void shouldTakeBackWhatIsOnItsWayWhenItIsToldToStop() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch registered = new CountDownLatch(1);
    try (FakeApi agent =
        new FakeApi()
            .with("/v1/agent/service/deregister/", "")
            .after(
                "/v1/agent/service/register",
                () -> {
                  arrived.countDown();
                  registered.await();
                })) {
      ProxyRun run = new ProxyRun(Optional.of(of(agent.address())));
      CompletableFuture<Throwable> failure = started(run);
      arrived.await();
      CompletableFuture<Void> stopped = stopped(run);
      agent.with("/v1/agent/service/gw", at("192.0.2.5", 8443));
      registered.countDown();
      stopped.get(10, TimeUnit.SECONDS);
      assertThat(agent.requests()).containsExactly(REGISTER, FIND, DEREGISTER);
      assertThat(failure.get(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  /** What undoes it has the same time, however late the agent has answered. */
  @Test
  void shouldTakeBackWhatTheAgentAnswersLate() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch registered = new CountDownLatch(1);
    try (FakeApi agent =
        new FakeApi()
            .with("/v1/agent/service/deregister/", "")
            .after(
                "/v1/agent/service/register",
                () -> {
                  arrived.countDown();
                  registered.await();
                })) {
      ProxyRun run = new ProxyRun(Optional.of(of(agent.address())));
      CompletableFuture<Throwable> failure = started(run);
      arrived.await();
      agent.with("/v1/agent/service/gw", at("192.0.2.5", 8443));
      CompletableFuture.delayedExecutor(AgentTeller.WAIT_SECONDS_MAX + 1, TimeUnit.SECONDS)
          .execute(registered::countDown);
      run.stop();
      assertThat(agent.requests()).containsExactly(REGISTER, FIND, DEREGISTER);
      assertThat(failure.get(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  private static CompletableFuture<Throwable> started(ProxyRun run) {
    return CompletableFuture.supplyAsync(
        () -> catchThrowable(() -> run.start(() -> {}, GatewayRegistrationTest::mustNotStart)),
        GatewayRegistrationTest::onThread);
  }

  /** One of its own: the shared pool may have a single one, which waits for an answer then. */
  private static void onThread(Runnable task) {
    new Thread(task, "gateway").start();
  }

  private static CompletableFuture<Void> stopped(ProxyRun run) {
    return CompletableFuture.runAsync(
        () -> assertThatCode(run::stop).doesNotThrowAnyException(),
        GatewayRegistrationTest::onThread);
  }

  /** It would follow the registration to the address of the other, which ends it later. */
  @Test
  void shouldNotTakeTheIdOfAGatewayThatRuns() throws IOException {
    int port;
    try (ServerSocket running = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = running.getLocalPort();
      try (FakeApi agent = agentWith("127.0.0.1", port)) {
        assertThatThrownBy(() -> make(agent))
            .isInstanceOf(CommandFailure.class)
            .hasMessageContaining("\"gw\" is registered with this agent for a gateway that runs at")
            .hasMessageContaining("127.0.0.1:" + port + "; give this one another name");
        assertThat(agent.requests()).containsExactly(FIND);
      }
    }
    try (FakeApi agent = agentWith("127.0.0.1", port)) {
      make(agent);
      assertThat(agent.requests()).as("that one was killed").containsExactly(FIND, REGISTER);
    }
  }
}
