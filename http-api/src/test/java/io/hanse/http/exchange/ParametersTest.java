package io.hanse.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ParametersTest {
  @Test
  void shouldReadKeysWithAndWithoutValues() {
    Parameters parameters = Parameters.parse("a=1&b&a=2&c=x%20y+z&&=").orElseThrow();
    assertThat(parameters.all("a")).containsExactly("1", "2");
    assertThat(parameters.has("b")).isTrue();
    assertThat(parameters.first("b")).isEmpty();
    assertThat(parameters.first("c")).isEqualTo("x y z");
    assertThat(parameters.first("d")).isEmpty();
  }

  @Test
  void shouldReadAYesOrNoInAllItsWords() {
    Parameters parameters = Parameters.parse("a=1&b=F&c=yes&d").orElseThrow();
    assertThat(parameters.truth("a")).contains(true);
    assertThat(parameters.truth("b")).contains(false);
    assertThat(parameters.truth("c")).isEmpty();
    assertThat(parameters.truth("d")).isEmpty();
    assertThat(parameters.truth("e")).isEmpty();
  }

  @Test
  void shouldNotReadABrokenEscape() {
    assertThat(Parameters.parse("filter=%zz")).isEmpty();
    assertThat(Parameters.parse("a=%4")).isEmpty();
    assertThat(Escapes.decodePath("/v1/kv/%")).isEmpty();
  }

  @Test
  void shouldPrintSortedByKey() {
    assertThat(Parameters.parse("recurse&cas=1").orElseThrow().encoded())
        .isEqualTo("cas=1&recurse=");
  }

  @Property
  void shouldReadAnythingWithoutFailing(@ForAll String query) {
    Parameters.parse(query).ifPresent(Parameters::encoded);
    Escapes.decodePath(query);
  }
}
