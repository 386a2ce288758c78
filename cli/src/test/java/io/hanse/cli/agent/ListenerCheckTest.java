package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.cli.agent.ListenerCheck.Listener;
import io.hanse.cli.config.AgentConfigReader;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenerCheckTest {
  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static ServerSocket taken() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static int free() throws IOException {
    try (ServerSocket socket = taken()) {
      return socket.getLocalPort();
    }
  }

  @Test
  void shouldNameTheKeyOfEachAddressThatIsTaken() throws IOException {
    try (ServerSocket other = taken()) {
      InetSocketAddress taken = loopback(other.getLocalPort());
      ListenerCheck check =
          new ListenerCheck(
              List.of(
                  new Listener("ports.http", taken), new Listener("ports.http", loopback(free()))));
      assertThatThrownBy(check::run)
          .isInstanceOf(ProblemException.class)
          .hasMessageStartingWith(
              "ports.http: can't listen on %s:%d: ", taken.getHostString(), taken.getPort())
          .hasMessageEndingWith("; end what listens there or set another port");
    }
  }

  @Test
  void shouldNoticeThatTwoListenersWantOnePort() throws IOException {
    InetSocketAddress wanted = loopback(free());
    ListenerCheck check =
        new ListenerCheck(
            List.of(new Listener("ports.http", wanted), new Listener("ports.grpc", wanted)));
    assertThatThrownBy(check::run).hasMessageStartingWith("ports.grpc: can't listen on ");
  }

  @Test
  void shouldLeaveFreeWhatItTried() throws IOException {
    ListenerCheck check = new ListenerCheck(List.of(new Listener("ports.http", loopback(free()))));
    check.run();
    assertThatCode(check::run).doesNotThrowAnyException();
  }

  @Test
  void shouldTryEveryAddressThatItListensOnAndNoOther() {
    ListenerCheck check =
        ListenerCheck.of(
            AgentConfigReader.read(
                new AgentConfigReader.Sources(
                    true,
                    List.of(),
                    "",
                    List.of(),
                    List.of(
                        "addresses { http = \"127.0.0.1 127.0.0.2\" grpc = \"127.0.0.3\" }"
                            + " ports { http = 1 grpc = 2 grpc_tls = -1 server = 3 serf_lan = 4 }"),
                    Path.of(""))));
    assertThat(check.listeners())
        .extracting(
            listener ->
                "%s %s:%d"
                    .formatted(
                        listener.key(),
                        listener.address().getHostString(),
                        listener.address().getPort()))
        .containsExactly(
            "ports.server 127.0.0.1:3",
            "ports.serf_lan 127.0.0.1:4",
            "ports.http 127.0.0.1:1",
            "ports.http 127.0.0.2:1");
  }
}
