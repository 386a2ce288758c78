package io.hanse.fsm.filter;

import io.hanse.fsm.filter.Regex.Part;
import io.hanse.fsm.filter.Regex.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Parses a pattern in the syntax of RE2; its complaints are those of Go's regexp package. */
final class RegexParser {
  private static final int REPEAT_MAX = 1_000;
  private static final int DEPTH_MAX = 200;

  /** How letters and places are meant from here to the end of the group. */
  private record Flags(
      boolean ignoresCase, boolean dotTakesAll, boolean isByLine, boolean isLazy) {}

  private final String pattern;
  private int at;
  private int depth;
  private Flags flags = new Flags(false, false, false, false);
  private int groups;

  RegexParser(String pattern) {
    this.pattern = pattern;
  }

  Part parse() {
    Part whole = choice();
    if (at < pattern.length()) {
      throw complaint("unexpected )", pattern);
    }
    return whole;
  }

  /** How many groups were read whose text can be asked for. */
  int groups() {
    return groups;
  }

  private static IllegalArgumentException complaint(String what, String where) {
    return new IllegalArgumentException("error parsing regexp: " + what + ": `" + where + "`");
  }

  private boolean isAt(String text) {
    return pattern.startsWith(text, at);
  }

  private boolean take(String text) {
    boolean isThere = isAt(text);
    at += isThere ? text.length() : 0;
    return isThere;
  }

  private int next() {
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private Part choice() {
    if (++depth > DEPTH_MAX) {
      throw complaint("expression nests too deeply", pattern);
    }
    List<Part> parts = new ArrayList<>(List.of(sequence()));
    while (take("|")) {
      parts.add(sequence());
    }
    depth--;
    return parts.size() == 1 ? parts.get(0) : new Part.Choice(parts);
  }

  private Part sequence() {
    List<Part> parts = new ArrayList<>();
    while (at < pattern.length() && !isAt("|") && !isAt(")")) {
      int start = at;
      Optional<int[]> repeat = repeat();
      if (repeat.isPresent()) {
        repeatLast(parts, repeat.get(), start);
      } else {
        atom(parts);
      }
    }
    return new Part.Sequence(parts);
  }

  private void repeatLast(List<Part> parts, int[] range, int start) {
    boolean isLazy = take("?") != flags.isLazy();
    if (parts.isEmpty()) {
      throw complaint("missing argument to repetition operator", pattern.substring(start, at));
    }
    if (range[0] > REPEAT_MAX || range[1] > REPEAT_MAX || (range[1] >= 0 && range[0] > range[1])) {
      throw complaint("invalid repeat count", pattern.substring(start, at));
    }
    int last = parts.size() - 1;
    parts.set(last, new Part.Repeat(parts.get(last), range[0], range[1], isLazy));
    if (at < pattern.length() && repeat().isPresent()) {
      take("?");
      throw complaint("invalid nested repetition operator", pattern.substring(start, at));
    }
  }

  /** The least and the most, -1 for any number, of an operator that stands here. */
  private Optional<int[]> repeat() {
    if (take("*")) {
      return Optional.of(new int[] {0, -1});
    } else if (take("+")) {
      return Optional.of(new int[] {1, -1});
    } else if (take("?")) {
      return Optional.of(new int[] {0, 1});
    }
    return isAt("{") ? counted() : Optional.empty();
  }

  /** What only looks like a count is text. */
  private Optional<int[]> counted() {
    int start = at++;
    int least = number();
    int most = least;
    if (least >= 0 && take(",")) {
      most = isAt("}") ? -1 : number();
      if (most < 0 && !isAt("}")) {
        least = -1;
      }
    }
    if (least >= 0 && take("}")) {
      return Optional.of(new int[] {least, most});
    }
    at = start;
    return Optional.empty();
  }

  private int number() {
    int start = at;
    int value = 0;
    while (at < pattern.length() && RegexClasses.DIGIT.test(pattern.charAt(at))) {
      value = Math.min(value * 10 + pattern.charAt(at++) - '0', REPEAT_MAX + 1);
    }
    return at == start ? -1 : value;
  }

  private void atom(List<Part> parts) {
    if (take("^")) {
      parts.add(new Part.At(flags.isByLine() ? Place.LINE_BEGIN : Place.TEXT_BEGIN));
    } else if (take("$")) {
      parts.add(new Part.At(flags.isByLine() ? Place.LINE_END : Place.TEXT_END));
    } else if (take(".")) {
      parts.add(
          new Part.Characters(
              flags.dotTakesAll() ? RegexClasses.ANY : RegexClasses.ANY_BUT_NEWLINE));
    } else if (isAt("(")) {
      group(parts);
    } else if (isAt("[")) {
      parts.add(new Part.Characters(characterClass()));
    } else if (isAt("\\")) {
      escape(parts);
    } else {
      parts.add(literal(next()));
    }
  }

  private Part literal(int c) {
    IntPredicate set = other -> other == c;
    return new Part.Characters(flags.ignoresCase() ? RegexClasses.folded(set) : set);
  }

  private void group(List<Part> parts) {
    int start = at++;
    Flags outside = flags;
    boolean isKept = !isAt("?") || isAt("?P<") || isAt("?<");
    if (isAt("?") && !groupHead(start)) {
      // Flags alone are for what follows, to the end of the group around them.
      return;
    }
    int number = isKept ? ++groups : 0;
    Part inside = choice();
    parts.add(isKept ? new Part.Group(inside, number) : inside);
    if (!take(")")) {
      throw complaint("missing closing )", pattern);
    }
    flags = outside;
  }

  /** Reads what stands behind the parenthesis; whether a group follows. */
  private boolean groupHead(int start) {
    if (isAt("?P<") || isAt("?<")) {
      int end = pattern.indexOf('>', at);
      String name = end < 0 ? "" : pattern.substring(pattern.indexOf('<', at) + 1, end);
      if (name.isEmpty() || !name.chars().allMatch(RegexClasses.WORD)) {
        throw complaint(
            "invalid named capture",
            pattern.substring(start, end < 0 ? pattern.length() : end + 1));
      }
      at = end + 1;
      return true;
    }
    at++;
    boolean isOn = true;
    boolean isSaid = true;
    while (at < pattern.length()) {
      int c = next();
      if (c == ':' || c == ')') {
        if (!isSaid) {
          break;
        }
        return c == ':';
      } else if (c == '-' && isOn) {
        isOn = false;
        isSaid = false;
      } else if ("imsU".indexOf(c) >= 0) {
        set(c, isOn);
        isSaid = true;
      } else {
        break;
      }
    }
    throw complaint("invalid or unsupported Perl syntax", pattern.substring(start, at));
  }

  private void set(int flag, boolean isOn) {
    flags =
        new Flags(
            flag == 'i' ? isOn : flags.ignoresCase(),
            flag == 's' ? isOn : flags.dotTakesAll(),
            flag == 'm' ? isOn : flags.isByLine(),
            flag == 'U' ? isOn : flags.isLazy());
  }

  private void escape(List<Part> parts) {
    int start = at++;
    if (take("Q")) {
      int end = pattern.indexOf("\\E", at);
      pattern
          .substring(at, end < 0 ? pattern.length() : end)
          .codePoints()
          .forEach(c -> parts.add(literal(c)));
      at = end < 0 ? pattern.length() : end + 2;
    } else if (take("A")) {
      parts.add(new Part.At(Place.TEXT_BEGIN));
    } else if (take("z")) {
      parts.add(new Part.At(Place.TEXT_END));
    } else if (take("b")) {
      parts.add(new Part.At(Place.WORD_EDGE));
    } else if (take("B")) {
      parts.add(new Part.At(Place.NO_WORD_EDGE));
    } else {
      at = start;
      parts.add(namedClass().<Part>map(Part.Characters::new).orElseGet(() -> literal(escaped())));
    }
  }

  /** A class behind a backslash, as {@code \d} or {@code \p{Greek}}. */
  private Optional<IntPredicate> namedClass() {
    if (at + 1 >= pattern.length()) {
      return Optional.empty();
    }
    int start = at;
    char letter = pattern.charAt(at + 1);
    if (letter != 'p' && letter != 'P') {
      Optional<IntPredicate> perl = RegexClasses.perl(letter);
      at += perl.isPresent() ? 2 : 0;
      return perl.map(this::cased);
    }
    at += 2;
    String name = at < pattern.length() ? Character.toString(next()) : "";
    if (name.equals("{")) {
      int end = pattern.indexOf('}', at);
      name = end < 0 ? "" : pattern.substring(at, end);
      at = end < 0 ? pattern.length() : end + 1;
    }
    boolean isNegated = (letter == 'P') != name.startsWith("^");
    String where = pattern.substring(start, at);
    IntPredicate set =
        RegexClasses.unicode(name.startsWith("^") ? name.substring(1) : name)
            .orElseThrow(() -> complaint("invalid character class range", where));
    return Optional.of(isNegated ? cased(set).negate() : cased(set));
  }

  private IntPredicate cased(IntPredicate set) {
    return flags.ignoresCase() ? RegexClasses.folded(set) : set;
  }

  /** One character behind a backslash. */
  private int escaped() {
    int start = at++;
    if (at == pattern.length()) {
      throw complaint("trailing backslash at end of expression", "");
    }
    int c = next();
    int control = "afnrtv".indexOf(c);
    if (control >= 0) {
      return "\u0007\f\n\r\t\u000b".charAt(control);
    }
    if (c == 'x') {
      return hexadecimal(start);
    }
    boolean isOctal = c >= '0' && c <= '7';
    boolean goesOn = at < pattern.length() && isOctal(pattern.charAt(at));
    if (isOctal && (c == '0' || goesOn)) {
      int value = c - '0';
      for (int i = 0; i < 2 && at < pattern.length() && isOctal(pattern.charAt(at)); i++) {
        value = value * 8 + pattern.charAt(at++) - '0';
      }
      return value;
    }
    if (c < 0x80 && !Character.isLetterOrDigit(c)) {
      return c;
    }
    throw complaint("invalid escape sequence", pattern.substring(start, at));
  }

  private static boolean isOctal(char c) {
    return c >= '0' && c <= '7';
  }

  private int hexadecimal(int start) {
    int end = isAt("{") ? pattern.indexOf('}', at) : at + 2;
    int from = isAt("{") ? at + 1 : at;
    boolean isWhole = end > from && end <= pattern.length() && end - from <= 6;
    if (isWhole
        && pattern.substring(from, end).chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      int code = Integer.parseInt(pattern.substring(from, end), 16);
      if (Character.isValidCodePoint(code)) {
        at = from > at ? end + 1 : end;
        return code;
      }
    }
    throw complaint(
        "invalid escape sequence", pattern.substring(start, Math.min(at + 1, pattern.length())));
  }

  private IntPredicate characterClass() {
    int start = at++;
    boolean isNegated = take("^");
    List<IntPredicate> sets = new ArrayList<>();
    boolean isFirst = true;
    while (isFirst || !isAt("]")) {
      if (at == pattern.length()) {
        throw complaint("missing closing ]", pattern.substring(start));
      }
      isFirst = false;
      sets.add(member());
    }
    at++;
    IntPredicate set = cased(c -> sets.stream().anyMatch(one -> one.test(c)));
    return isNegated ? set.negate() : set;
  }

  private IntPredicate member() {
    int end = isAt("[:") ? pattern.indexOf(":]", at + 2) : -1;
    if (end >= 0) {
      String where = pattern.substring(at, end + 2);
      String name = pattern.substring(at + 2, end);
      at = end + 2;
      IntPredicate set =
          RegexClasses.posix(name.startsWith("^") ? name.substring(1) : name)
              .orElseThrow(() -> complaint("invalid character class range", where));
      return name.startsWith("^") ? set.negate() : set;
    }
    Optional<IntPredicate> named = isAt("\\") ? namedClass() : Optional.empty();
    return named.orElseGet(this::range);
  }

  private IntPredicate range() {
    int start = at;
    int low = isAt("\\") ? escaped() : next();
    boolean isRange = isAt("-") && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']';
    int high = low;
    if (isRange) {
      at++;
      high = isAt("\\") ? escaped() : next();
    }
    if (high < low) {
      throw complaint("invalid character class range", pattern.substring(start, at));
    }
    int most = high;
    return c -> c >= low && c <= most;
  }
}
