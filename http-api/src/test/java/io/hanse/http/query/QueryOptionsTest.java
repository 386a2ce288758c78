package io.hanse.http.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.port.StateReader.Level;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryOptionsTest {
  private static QueryOptions parse(String query) {
    return QueryOptions.parse(Parameters.parse(query).orElseThrow());
  }

  @Test
  void shouldLeaveWatchesForTheServersOwnParts() {
    assertThat(Reads.Limits.DEFAULTS.parkedMax())
        .isLessThanOrEqualTo(
            StoreSettings.defaults().watchesMax()
                - StoreSettings.PEER_WATCHES_MAX
                - StoreSettings.PEER_CONTROL_WATCHES_MAX
                - StoreSettings.PROXY_WATCHES_MAX);
  }

  @Test
  void shouldWaitFiveMinutesWhereNothingIsSaid() {
    assertThat(parse("index=7"))
        .isEqualTo(new QueryOptions(Level.DEFAULT, 7, Duration.ofMinutes(5), Duration.ZERO));
  }

  @ParameterizedTest
  @CsvSource({"wait=0,300", "wait=-1s,300", "wait=10s,10", "wait=1h,600", "wait=120000ms,120"})
  void shouldBoundTheWait(String query, long seconds) {
    assertThat(parse(query).waitMax()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "'',DEFAULT",
    "stale,STALE",
    "stale=false,STALE",
    "consistent,CONSISTENT",
    "max_stale=1s,STALE",
    "leader,DEFAULT"
  })
  void shouldReadTheLevel(String query, Level level) {
    assertThat(parse(query).level()).isEqualTo(level);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "index=x|Invalid index",
        "index=-1|Invalid index",
        "wait=10|Invalid wait time",
        "max_stale=abc|Invalid max_stale value \"abc\"",
        "stale&consistent|Cannot specify ?stale with ?consistent, conflicting semantics.",
        "cached&consistent|Cannot specify ?cached with ?consistent, conflicting semantics.",
      })
  void shouldRefuseWhatMakesNoSense(String query, String text) {
    assertThatThrownBy(() -> parse(query))
        .isInstanceOf(HttpProblem.class)
        .hasMessage(text)
        .satisfies(problem -> assertThat(((HttpProblem) problem).status()).isEqualTo(400));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"max-age=x", "max-age=", "no-cache, stale-if-error=-1"})
  void shouldRefuseACacheControlThatIsNone(String header) {
    assertThatThrownBy(() -> QueryOptions.requireCacheControl(header))
        .isInstanceOf(HttpProblem.class)
        .hasMessage("Invalid Cache-Control header.");
  }

  @Test
  void shouldTakeACacheControlForWhatItIs() {
    QueryOptions.requireCacheControl("");
    QueryOptions.requireCacheControl("no-cache, Max-Age=5, stale-if-error=10, must-revalidate");
  }
}
