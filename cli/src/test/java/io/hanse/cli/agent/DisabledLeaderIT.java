package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.hanse.cli.config.AgentConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A leader whose operator wants no peering, in a cluster that has peerings. */
class DisabledLeaderIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private final Queue<ILoggingEvent> told = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          told.add(event);
        }
      };
  private final Logger log = (Logger) LoggerFactory.getLogger(PeeringAssembly.class);

  @BeforeEach
  void listen() {
    appender.start();
    log.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    log.detachAppender(appender);
  }

  @Test
  void shouldWarnThatNoPeeringOfTheClusterIsServed() throws Exception {
    AgentConfig enabled = LoneServer.config(folder, "");
    try (AgentAssembly agent = AgentAssembly.start(enabled)) {
      assertThat(agent.ends()).isNotEmpty();
      await().atMost(PATIENCE).until(() -> generatesToken(enabled.ports().http()));
    }
    assertThat(told).isEmpty();

    AgentConfig disabled = LoneServer.config(folder, "peering { enabled = false }");
    try (AgentAssembly agent = AgentAssembly.start(disabled)) {
      assertThat(agent.ends()).isNotEmpty();
      await().atMost(PATIENCE).until(() -> !told.isEmpty());
      assertThat(told)
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getLevel()).isEqualTo(Level.WARN);
                assertThat(event.getFormattedMessage())
                    .isEqualTo(
                        "peering is disabled at this server, which leads: no peering of the cluster"
                            + " is served until another server leads");
              });
    }
  }

  private static boolean generatesToken(int port) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/peering/token"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"PeerName\":\"west\"}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 200;
  }
}
