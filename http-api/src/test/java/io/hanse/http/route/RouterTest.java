package io.hanse.http.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Handler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {
  private static final Handler OK = call -> CompletableFuture.completedFuture(Answer.ok());

  private final Router router =
      new Router(
          List.of(
              Endpoint.at("/v1/kv/").get("-", OK, "").put("-", OK, ""),
              Endpoint.at("/v1/peering/token").post("-", OK, ""),
              Endpoint.at("/v1/peering/").get("-", OK, "").delete("-", OK, ""),
              Endpoint.at("/v1/config").put("-", OK, ""),
              Endpoint.at("/v1/config/").get("-", OK, "")));

  @ParameterizedTest
  @CsvSource({
    "/v1/kv/a/b,/v1/kv/,a/b",
    "/v1/kv/,/v1/kv/,''",
    "/v1/peering/token,/v1/peering/token,''",
    "/v1/peering/tokens,/v1/peering/,tokens",
    "/v1/peering/token/,/v1/peering/,token/",
    "/v1/config,/v1/config,''",
    "/v1/config/mesh/mesh,/v1/config/,mesh/mesh",
  })
  void shouldFindTheLongestThatFits(String path, String endpoint, String rest) {
    assertThat(router.match(path))
        .hasValueSatisfying(
            match -> {
              assertThat(match.endpoint().path()).isEqualTo(endpoint);
              assertThat(match.rest()).isEqualTo(rest);
            });
  }

  @ParameterizedTest
  @CsvSource({"/v1/kv", "/v1/nope", "/", "/v1/", "/v2/kv/a", "''"})
  void shouldFindNothingElsewhere(String path) {
    assertThat(router.match(path)).isEmpty();
  }

  @Test
  void shouldKnowAPathThatLacksItsSlash() {
    assertThat(router.isSubtreeWithoutSlash("/v1/kv")).isTrue();
    assertThat(router.isSubtreeWithoutSlash("/v1/config")).isFalse();
    assertThat(router.isSubtreeWithoutSlash("/v1/peering/token")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1//catalog/nodes,/v1/catalog/nodes",
    "/v1/catalog/../catalog/nodes,/v1/catalog/nodes",
    "/v1/./kv/a/,/v1/kv/a/",
    "/../..,/",
    "//,/",
    "/v1/kv/a%2F%2Fb,/v1/kv/a%2F%2Fb",
  })
  void shouldCleanPathsAsTheyAreWritten(String path, String cleaned) {
    assertThat(Router.clean(path)).isEqualTo(cleaned);
  }

  @Test
  void shouldNameMethodsInTheOrderOfTheTable() {
    assertThat(router.match("/v1/kv/a").orElseThrow().endpoint().allow())
        .isEqualTo("OPTIONS,GET,PUT");
  }

  @Test
  void shouldRefuseTwoEndpointsOfOnePath() {
    Endpoint endpoint = Endpoint.at("/v1/kv/").get("-", OK, "");
    assertThatThrownBy(() -> new Router(List.of(endpoint, endpoint)))
        .hasMessageContaining("/v1/kv/");
  }
}
