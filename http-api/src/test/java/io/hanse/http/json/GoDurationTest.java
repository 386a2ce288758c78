package io.hanse.http.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0s,0", "1.5s,1500000000", "10s,10000000000", "1m0s,60000000000", "1h0m0s,3600000000000",
    "72h0m0s,259200000000000", "200ms,200000000", "1µs,1000", "1ns,1", "1h0m0.5s,3600500000000",
    "-1s,-1000000000"
  })
  void shouldPrintAsGoDoes(String text, long nanos) {
    assertThat(GoDuration.format(Duration.ofNanos(nanos))).isEqualTo(text);
    assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @CsvSource({"1h30m,5400000", "1.5s,1500", ".5s,500", "0,0", "-2s,-2000", "+1m,60000", "1us,0"})
  void shouldReadAsGoDoes(String text, long millis) {
    assertThat(GoDuration.parse(text).toMillis()).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "s", "1x", "1s1", "99999999999h"})
  void shouldRefuseWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(JsonProblem.class);
  }

  @Property
  void shouldReadWhatItPrints(@ForAll long nanos) {
    Duration duration = Duration.ofNanos(nanos == Long.MIN_VALUE ? 0 : nanos);
    assertThat(GoDuration.parse(GoDuration.format(duration))).isEqualTo(duration);
  }
}
