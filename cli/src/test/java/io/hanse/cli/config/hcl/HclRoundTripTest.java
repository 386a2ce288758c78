package io.hanse.cli.config.hcl;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class HclRoundTripTest {
  private static final int DEPTH_MAX = 4;

  /** What could be mistaken for syntax. */
  private static final String ODD = "ab1 \t\n\r\"\\${}[]=,<#/*-é\u0000\u2028";

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void shouldReadWhatItPrints(@ForAll("documents") Value.Fields document) {
    assertThat(HclText.parse(HclText.print(document))).isEqualTo(document);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void shouldReadTheSameFromJson(@ForAll("documents") Value.Fields document) {
    assertThat(JsonText.parse(JsonText.compact(document))).isEqualTo(document);
    assertThat(JsonText.parse(JsonText.pretty(document, "  "))).isEqualTo(document);
  }

  /** Whatever is thrown at it, it reads or refuses; it never fails otherwise. */
  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void shouldRefuseCleanly(@ForAll("almostHcl") String text) {
    try {
      HclText.parse(text);
    } catch (SyntaxException e) {
      assertThat(e).hasMessageStartingWith("At ");
    }
  }

  @Provide
  Arbitrary<String> almostHcl() {
    return Arbitraries.of(
            "{", "}", "[", "]", "=", ",", "\"", "\\", "<<EOF", "\nEOF", "${", "a", "-", "1", "0x",
            "e", ".", " ", "\n", "#", "/*", "*/", "true", "é", "\u0000")
        .list()
        .ofMaxSize(25)
        .map(parts -> String.join("", parts));
  }

  /** By a seed: nested arbitraries of jqwik take minutes and all memory. */
  @Provide
  Arbitrary<Value.Fields> documents() {
    return Arbitraries.longs().map(seed -> fields(new Random(seed), DEPTH_MAX));
  }

  private static Value.Fields fields(Random random, int depth) {
    Map<String, Value> fields = new LinkedHashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      fields.put("k" + text(random), value(random, depth - 1));
    }
    return new Value.Fields(fields);
  }

  private static Value value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 5 : 3)) {
      case 0 -> Value.of(text(random));
      case 1 -> Value.of(random.nextBoolean() ? random.nextLong() : random.nextInt(100));
      case 2 -> Value.of(random.nextBoolean());
      case 3 -> fields(random, depth);
      default ->
          new Value.Items(
              Stream.generate(() -> value(random, depth - 1)).limit(random.nextInt(4)).toList());
    };
  }

  private static String text(Random random) {
    return random
        .ints(random.nextInt(12), 0, ODD.length())
        .mapToObj(i -> ODD.substring(i, i + 1))
        .collect(Collectors.joining());
  }
}
