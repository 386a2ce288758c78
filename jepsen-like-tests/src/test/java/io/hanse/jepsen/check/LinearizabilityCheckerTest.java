package io.hanse.jepsen.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.history.Operation;
import io.hanse.jepsen.history.Operation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
  private static final List<Kind> KINDS = List.of(Kind.values());

  private final LinearizabilityChecker checker = new LinearizabilityChecker(5_000_000_000L);

  @Test
  void shouldAcceptAReadOfEitherOfTwoConcurrentWrites() {
    assertThat(judge(write("a", 0, 10), write("b", 5, 15), read("a", 20, 30))).isTrue();
    assertThat(judge(write("a", 0, 10), write("b", 5, 15), read("b", 20, 30))).isTrue();
  }

  @Test
  void shouldConvictAStaleReadWithAShortStory() {
    List<Operation> history =
        List.of(
            write("a", 0, 10),
            read("a", 11, 12),
            write("b", 20, 30),
            write("c", 31, 33),
            read("a", 40, 50),
            read("c", 60, 70));
    LinearizabilityChecker.Verdict verdict = checker.check(Map.of("k", history));
    assertThat(verdict.violations().get("k")).hasSizeLessThanOrEqualTo(3).contains(history.get(4));
  }

  @Test
  void shouldConvictALostWrite() {
    assertThat(judge(write("a", 0, 10), write("b", 20, 30), read("a", 40, 50))).isFalse();
  }

  @Test
  void shouldConvictTwoSuccessfulSwapsOfOneValue() {
    assertThat(judge(write("a", 0, 10), cas("a", "b", 11, 20), cas("a", "c", 21, 30))).isFalse();
  }

  @Test
  void shouldLetAnUnknownWriteHappenLateOrNever() {
    Operation unknown = write("a", 0, Operation.UNKNOWN);
    assertThat(judge(unknown, read(null, 10, 20), read("a", 30, 40))).isTrue();
    assertThat(judge(unknown, read(null, 10, 20), read(null, 30, 40))).isTrue();
    assertThat(judge(unknown, read("a", 10, 20), read(null, 30, 40))).isFalse();
  }

  @Test
  void shouldConvictARefusalThatCannotHaveBeen() {
    Operation refused = new Operation(1, "k", Kind.CAS_REFUSED, "a", null, 20, 30);
    assertThat(judge(write("a", 0, 10), refused)).isFalse();
  }

  /** The definition, tried literally, is the judge of the search. */
  @Property(tries = 3000)
  void shouldAgreeWithBruteForceOnTinyHistories(@ForAll long seed) {
    List<Operation> history = tiny(new SplittableRandom(seed));
    assertThat(checker.check(Map.of("k", history)).isLinearizable())
        .as("seed %d: %s", seed, history)
        .isEqualTo(BruteForce.isLinearizable(history));
  }

  private static List<Operation> tiny(SplittableRandom random) {
    List<Operation> history = new ArrayList<>();
    int size = 2 + random.nextInt(6);
    String[] values = {null, "a", "b", "c"};
    for (int i = 0; i < size; i++) {
      Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      long call = random.nextInt(30);
      boolean unknown = kind != Kind.CAS_REFUSED && random.nextInt(4) == 0;
      long end = unknown ? Operation.UNKNOWN : call + 1 + random.nextInt(15);
      String expected =
          kind == Kind.CAS || kind == Kind.CAS_REFUSED ? values[random.nextInt(4)] : null;
      String value =
          switch (kind) {
            case READ -> values[random.nextInt(4)];
            case WRITE, CAS -> values[1 + random.nextInt(3)];
            case CAS_REFUSED -> null;
          };
      history.add(new Operation(i, "k", kind, expected, value, call, end));
    }
    return history;
  }

  private boolean judge(Operation... operations) {
    return checker.check(Map.of("k", List.of(operations))).isLinearizable();
  }

  private static Operation write(String value, long call, long end) {
    return new Operation(1, "k", Kind.WRITE, null, value, call, end);
  }

  private static Operation read(@Nullable String value, long call, long end) {
    return new Operation(2, "k", Kind.READ, null, value, call, end);
  }

  private static Operation cas(String expected, String value, long call, long end) {
    return new Operation(3, "k", Kind.CAS, expected, value, call, end);
  }
}
