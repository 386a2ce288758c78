package io.hanse.jepsen.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DistributionIT {
  @Test
  void shouldSayItsVersion() throws Exception {
    Distribution.Outcome outcome = Distribution.underTest().run("version");
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).startsWith("Hanse v" + System.getProperty("hanse.version"));
  }
}
