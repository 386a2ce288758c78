package io.hanse.fsm.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.NodeService;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Generated expressions: the parser never fails but by refusing, and logic is logic. */
class FilterFuzzTest {
  private static final Selectors SERVICE = Selectors.of(NodeService.getDescriptor());

  /** An expression and what it must say. */
  record Case(String text, Predicate<NodeService> meaning) {}

  @Property(tries = 2_000)
  void shouldRefuseOrAcceptWhatIsMadeOfItsWords(@ForAll("wordSalads") String text) {
    try {
      Filter.parse(text, SERVICE).includes(NodeService.getDefaultInstance());
    } catch (ProblemException e) {
      assertThat(e).hasMessageNotContainingAny("Exception");
    }
  }

  @Provide
  Arbitrary<String> wordSalads() {
    return Arbitraries.of(
            "(",
            ")",
            " ",
            "not ",
            " and ",
            " or ",
            "Port",
            "Tags",
            "Meta",
            ".",
            "[\"",
            "\"]",
            "a",
            " == ",
            " != ",
            " in ",
            " not in ",
            " is empty",
            " contains ",
            " matches ",
            "\"x\"",
            "`",
            "\"",
            "1",
            "-2.5",
            "\\",
            "\n",
            "ü",
            "\u0000")
        .list()
        .ofMaxSize(24)
        .map(words -> String.join("", words));
  }

  @Property(tries = 1_000)
  void shouldMeanWhatItsPartsMean(
      @ForAll("cases") Case one, @ForAll("services") NodeService service) {
    assertThat(Filter.parse(one.text(), SERVICE).includes(service))
        .as(one.text())
        .isEqualTo(one.meaning().test(service));
  }

  @Provide
  Arbitrary<Case> cases() {
    return expressions(3);
  }

  private Arbitrary<Case> expressions(int depth) {
    Arbitrary<Case> leaf = leaves();
    if (depth == 0) {
      return leaf;
    }
    Arbitrary<Case> smaller = expressions(depth - 1);
    return Arbitraries.oneOf(
        leaf,
        smaller.map(one -> new Case("not (" + one.text() + ")", one.meaning().negate())),
        smaller.map(one -> new Case("( " + one.text() + " )", one.meaning())),
        Combinators.combine(smaller, smaller)
            .as(
                (one, two) ->
                    new Case(
                        "(" + one.text() + ") and (" + two.text() + ")",
                        one.meaning().and(two.meaning()))),
        Combinators.combine(smaller, smaller)
            .as(
                (one, two) ->
                    new Case(
                        "(" + one.text() + ") or (" + two.text() + ")",
                        one.meaning().or(two.meaning()))));
  }

  private Arbitrary<Case> leaves() {
    Arbitrary<String> words = Arbitraries.of("a", "b", "ab");
    return Arbitraries.oneOf(
        words.map(word -> new Case("Service == " + word, row -> row.getService().equals(word))),
        words.map(
            word -> new Case("Service contains " + word, row -> row.getService().contains(word))),
        words.map(
            word -> new Case(word + " not in Tags", row -> !row.getTagsList().contains(word))),
        words.map(
            word ->
                new Case(
                    "Meta." + word + " != x",
                    row -> !"x".equals(row.getMetaMap().getOrDefault(word, "")))),
        words.map(word -> new Case("Meta is not empty", row -> row.getMetaCount() > 0)),
        Arbitraries.integers()
            .between(0, 3)
            .map(port -> new Case("Port == " + port, row -> row.getPort() == port)));
  }

  @Provide
  Arbitrary<NodeService> services() {
    Arbitrary<String> words = Arbitraries.of("a", "b", "ab");
    return Combinators.combine(
            words,
            words.list().ofMaxSize(3),
            words.set().ofMaxSize(2),
            Arbitraries.integers().between(0, 3))
        .as(
            (name, tags, keys, port) -> {
              NodeService.Builder service =
                  NodeService.newBuilder().setService(name).addAllTags(tags).setPort(port);
              keys.forEach(key -> service.putMeta(key, key.equals("a") ? "x" : "y"));
              return service.build();
            });
  }

  /** What both languages have in common means the same in both. */
  @Property(tries = 2_000)
  void shouldMatchPatternsAsJavaDoes(
      @ForAll("patterns") String pattern, @ForAll("texts") String text) {
    assertThat(Regex.compile(pattern).isFoundIn(text))
        .as("%s in %s", pattern, text)
        .isEqualTo(Pattern.compile(pattern).matcher(text).find());
  }

  @Provide
  Arbitrary<String> patterns() {
    return patterns(3);
  }

  private Arbitrary<String> patterns(int depth) {
    Arbitrary<String> leaf =
        Arbitraries.of(
            "a", "b", ".", "[ab]", "[^a]", "\\w", "\\d", "^", "\\b", "(?i:A)", "[a-c1]", "");
    if (depth == 0) {
      return leaf;
    }
    Arbitrary<String> smaller = patterns(depth - 1);
    return Arbitraries.oneOf(
        leaf,
        smaller.list().ofMaxSize(3).map(parts -> String.join("", parts)),
        Combinators.combine(smaller, smaller).as((one, two) -> "(" + one + "|" + two + ")"),
        Combinators.combine(smaller, Arbitraries.of("*", "+", "?", "{2}", "{1,3}", "{0,}", "*?"))
            .as((one, operator) -> "(?:" + one + ")" + operator));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of("a", "b", "c", "A", "1", " ", "\n")
        .list()
        .ofMaxSize(8)
        .map(letters -> String.join("", letters));
  }

  @Property(tries = 2_000)
  void shouldRefuseOrCompileAnyPattern(@ForAll("patternSalads") String pattern) {
    Set<Boolean> answers = new TreeSet<>();
    try {
      answers.add(Regex.compile(pattern).isFoundIn("ab1\nü"));
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("error parsing regexp: ");
    }
    assertThat(answers).hasSizeLessThan(2);
  }

  @Provide
  Arbitrary<String> patternSalads() {
    return Arbitraries.of(
            List.of(
                "a",
                "b",
                "(",
                ")",
                "(?",
                "?P<",
                "<",
                ">",
                "[",
                "]",
                "^",
                "-",
                "\\",
                "x",
                "{",
                "}",
                "1",
                ",",
                "*",
                "+",
                "?",
                "|",
                ":",
                "i",
                "[:alpha:]",
                "p",
                "Q",
                "E",
                "ü",
                "$",
                "0"))
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 1)
  void shouldTakeNoLongerThanTheTextIsLong() {
    assertThat(Regex.compile("(a*)*(a|aa)*b$").isFoundIn("a".repeat(20_000))).isFalse();
  }
}
