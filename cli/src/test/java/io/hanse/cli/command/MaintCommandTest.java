package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.FakeApi;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaintCommandTest {
  @Test
  void shouldListWhatIsOutOfUseAndNothingElse() throws IOException {
    try (FakeApi api = new FakeApi()) {
      api.with("/v1/agent/self", "{'Config':{'NodeName':'n1'}}")
          .with(
              "/v1/agent/checks",
              "{'_service_maintenance:w/1':{'ServiceID':'w/1','Notes':'new disk'},"
                  + "'_node_maintenance':{'ServiceID':'','Notes':'moves'},"
                  + "'service:w1':{'ServiceID':'w1','Notes':'none'}}");
      assertThat(api.run("maint").out())
          .isEqualTo(
              """
              Node:
                Name:   n1
                Reason: moves

              Service:
                ID:     w/1
                Reason: new disk

              """);
    }
  }

  @Test
  void shouldAskForAServiceByItsId() throws IOException {
    try (FakeApi api = new FakeApi()) {
      api.with("/v1/agent/service/maintenance/", "");
      assertThat(api.run("maint", "-enable", "-service", "w/1", "-reason", "a b").out())
          .isEqualTo("Service maintenance is now enabled for \"w/1\"\n");
      assertThat(api.run("maint", "-disable", "-service", "w/1").out())
          .isEqualTo("Service maintenance is now disabled for \"w/1\"\n");
      assertThat(api.requests())
          .containsExactly(
              "PUT /v1/agent/service/maintenance/w%2F1?enable=true&reason=a+b",
              "PUT /v1/agent/service/maintenance/w%2F1?enable=false");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-disable -reason=r, Reason may only be provided with -enable",
    "-service=web, Service requires either -enable or -disable"
  })
  void shouldRefuseFlagsThatDoNotGoTogether(String flags, String complaint) {
    CommandRun.Result result = new CommandRun().run(("maint " + flags).split(" "));
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).isEqualTo(complaint + "\n");
  }
}
