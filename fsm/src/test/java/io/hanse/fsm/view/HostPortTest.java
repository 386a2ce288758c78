package io.hanse.fsm.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPortTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1:8300",
    "server-1.example, server-1.example:8300",
    "2001:db8::1, [2001:db8::1]:8300",
    "[2001:db8::1], [2001:db8::1]:8300",
  })
  void shouldJoinThemAsTheyAreDialed(String host, String joined) {
    assertThat(HostPort.joined(host, 8300)).isEqualTo(joined);
  }
}
