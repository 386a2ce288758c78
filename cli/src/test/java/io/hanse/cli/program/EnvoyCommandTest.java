package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.CommandRun.Result;
import org.junit.jupiter.api.Test;

class EnvoyCommandTest {
  private static Result run(String line) {
    return new CommandRun().with("HANSE_HTTP_ADDR", "127.0.0.1:1").run(line.split(" "));
  }

  @Test
  void shouldNameWhatOnlyAnEnvoyHasAUseForAndGoOn() {
    Result result =
        run(
            "connect envoy -sidecar-for web -envoy-binary /usr/bin/envoy -no-central-config"
                + " -admin-access-log-path=/dev/null -- -l debug");
    assertThat(result.err().lines())
        .startsWith(
            "Warning: there is no Envoy, ignored: -admin-access-log-path, -envoy-binary,"
                + " -no-central-config, arguments for Envoy")
        .hasSizeGreaterThan(1)
        .noneMatch(line -> line.startsWith("Usage"));
  }

  @Test
  void shouldSayNothingWhereThereIsNothingToIgnore() {
    assertThat(run("connect envoy -sidecar-for web").err()).doesNotContain("Warning");
  }
}
