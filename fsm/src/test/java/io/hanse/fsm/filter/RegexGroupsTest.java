package io.hanse.fsm.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What groups take is what backtracking gives them. */
class RegexGroupsTest {
  private static final String[] ATOMS = {
    "a", "b", "[ab]", ".", "(a|ab)", "(b?)", "(a)(b)", "^", "$"
  };
  private static final String[] REPEATS = {
    "", "", "", "*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}"
  };

  private static String pattern(Random random, int depth) {
    StringBuilder pattern = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      String atom = ATOMS[random.nextInt(ATOMS.length)];
      boolean isDeeper = depth > 0 && random.nextInt(3) == 0;
      pattern.append(isDeeper ? "(x" + pattern(random, depth - 1) + ")" : atom);
      // What matches nothing is not repeated: there the two ways of Go and Java part.
      boolean isEmpty = !isDeeper && (atom.equals("^") || atom.equals("$") || atom.equals("(b?)"));
      pattern.append(isEmpty ? "" : REPEATS[random.nextInt(REPEATS.length)]);
    }
    return random.nextInt(4) == 0 ? pattern + "|" + "(b)a" : pattern.toString();
  }

  @Property(tries = 3_000)
  void shouldFindWhatBacktrackingFinds(@ForAll long seed) {
    Random random = new Random(seed);
    String pattern = pattern(random, 2);
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(9); i > 0; i--) {
      text.append("abx".charAt(random.nextInt(3)));
    }

    assertThat(Regex.compile(pattern).find(text.toString()))
        .as("%s in %s", pattern, text)
        .isEqualTo(Backtracking.find(pattern, text.toString()));
  }

  /** Where Java's own patterns still tell of what a lazy repeat had tried and given up. */
  @Test
  void shouldForgetWhatWasGivenUp() {
    String pattern = "(x(b?)(xb+b+)??)?(x(x(a)(b){2}){2}(a|ab)?)*?(a)(b){2}|(b)a";
    List<String> found = List.of("xabb", "x", "", "", "", "", "", "", "", "a", "b", "");
    assertThat(Regex.compile(pattern).find("xxabbx")).contains(found);
    assertThat(Backtracking.find(pattern, "xxabbx")).contains(found);
  }

  @Test
  void shouldNumberGroupsByTheirBeginAndLeaveOutOthers() {
    assertThat(Regex.compile("(?i)(?P<one>a(?:b)(c))(d)?").find("xABC"))
        .contains(List.of("ABC", "ABC", "C", ""));
    assertThat(Regex.compile("(?U)(a+)(a*)").find("aaa")).contains(List.of("a", "a", ""));
    assertThat(Regex.compile("(ü)(.)").find("xü😀y")).contains(List.of("ü😀", "ü", "😀"));
    assertThat(Regex.compile("(a)").find("b")).isEmpty();
  }

  @Test
  void shouldTakeTimeLinearInTheText() {
    assertThat(Regex.compile("(a*)*(a|aa)*b$").find("a".repeat(20_000))).isEmpty();
  }
}
