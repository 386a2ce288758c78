package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.CommandRun.Result;
import io.hanse.cli.FakeApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said before any server is asked; there is none. */
class GatewayCommandTest {
  private static Result run(String line) {
    return new CommandRun().with("HANSE_HTTP_ADDR", "127.0.0.1:1").run(line.split(" "));
  }

  /** 192.0.2.0/24 is for documentation (RFC 5737), so it is nobody's. */
  @ParameterizedTest
  @CsvSource({
    "-address 192.0.2.7:8443, -address: nothing can listen at \"192.0.2.7\" here",
    "-address host.invalid, -address: no address is known of the host \"host.invalid\"",
    "-bind-address lan=192.0.2.7:1, -bind-address: nothing can listen at \"192.0.2.7\" here",
  })
  void shouldRegisterNoGatewayThatCannotListen(String flags, String refusal) {
    for (String command : new String[] {"gateway ", "connect envoy -gateway mesh -register "}) {
      Result result = run(command + flags);
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.err()).contains(refusal).doesNotContain("Error registering service");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-address 127.0.0.1:PORT",
    "-address 192.0.2.7:8443 -bind-address lan=127.0.0.1:PORT",
    "-address 0.0.0.0:PORT -wan-address 192.0.2.7:8443"
  })
  void shouldAskTheAgentWhereItCanListen(String flags) throws IOException {
    String port = String.valueOf(FreePorts.choose(1).next());
    assertThat(run("gateway " + flags.replace("PORT", port)).err())
        .contains("Error registering service");
  }

  @ParameterizedTest
  @CsvSource({
    "-address 127.0.0.1:PORT, -address, 127.0.0.1",
    "-address 0.0.0.0:PORT, -address, 0.0.0.0",
    "-address 127.0.0.1:FREE -bind-address lan=127.0.0.1:PORT, -bind-address, 127.0.0.1",
    "-address 127.0.0.1:FREE -admin-bind 127.0.0.1:PORT, -admin-bind, 127.0.0.1"
  })
  void shouldNotRegisterWhereItsPortIsTaken(String flags, String flag, String host)
      throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        FakeApi agent = new FakeApi().with("/v1/agent/service/register", "")) {
      String port = String.valueOf(taken.getLocalPort());
      String given =
          flags.replace("PORT", port).replace("FREE", String.valueOf(FreePorts.choose(1).next()));
      for (String command : new String[] {"gateway ", "connect envoy -gateway mesh -register "}) {
        Result result = agent.run((command + given).split(" "));
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err())
            .startsWith(flag + ": can't listen on " + host + ":" + port + ": ")
            .contains("end what listens there");
      }
      assertThat(agent.requests()).isEmpty();
    }
  }
}
