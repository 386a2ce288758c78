package io.hanse.fsm.filter;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** The named classes of characters of RE2. */
final class RegexClasses {
  static final IntPredicate DIGIT = c -> c >= '0' && c <= '9';
  static final IntPredicate SPACE =
      c -> c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
  private static final IntPredicate UPPER = c -> c >= 'A' && c <= 'Z';
  private static final IntPredicate ALPHA = UPPER.or(RegexClasses::isLower);
  private static final IntPredicate ALNUM = ALPHA.or(DIGIT);
  static final IntPredicate WORD = ALNUM.or(c -> c == '_');
  static final IntPredicate ANY = c -> true;
  static final IntPredicate ANY_BUT_NEWLINE = c -> c != '\n';

  private static final Map<String, IntPredicate> POSIX =
      Map.ofEntries(
          Map.entry("alnum", ALNUM),
          Map.entry("alpha", ALPHA),
          Map.entry("ascii", c -> c < 0x80),
          Map.entry("blank", c -> c == ' ' || c == '\t'),
          Map.entry("cntrl", c -> c < ' ' || c == 0x7f),
          Map.entry("digit", DIGIT),
          Map.entry("graph", c -> c > ' ' && c < 0x7f),
          Map.entry("lower", RegexClasses::isLower),
          Map.entry("print", c -> c >= ' ' && c < 0x7f),
          Map.entry("punct", c -> c > ' ' && c < 0x7f && !ALNUM.test(c)),
          Map.entry("space", SPACE.or(c -> c == 0x0b)),
          Map.entry("upper", UPPER),
          Map.entry("word", WORD),
          Map.entry("xdigit", c -> c < 0x80 && Character.digit(c, 16) >= 0));

  /** Unicode's general categories by their two letters. */
  private static final Map<String, Integer> CATEGORIES = categories();

  private RegexClasses() {}

  private static boolean isLower(int c) {
    return c >= 'a' && c <= 'z';
  }

  private static Map<String, Integer> categories() {
    Map<String, Integer> byName = new TreeMap<>();
    byName.put("Lu", (int) Character.UPPERCASE_LETTER);
    byName.put("Ll", (int) Character.LOWERCASE_LETTER);
    byName.put("Lt", (int) Character.TITLECASE_LETTER);
    byName.put("Lm", (int) Character.MODIFIER_LETTER);
    byName.put("Lo", (int) Character.OTHER_LETTER);
    byName.put("Mn", (int) Character.NON_SPACING_MARK);
    byName.put("Me", (int) Character.ENCLOSING_MARK);
    byName.put("Mc", (int) Character.COMBINING_SPACING_MARK);
    byName.put("Nd", (int) Character.DECIMAL_DIGIT_NUMBER);
    byName.put("Nl", (int) Character.LETTER_NUMBER);
    byName.put("No", (int) Character.OTHER_NUMBER);
    byName.put("Zs", (int) Character.SPACE_SEPARATOR);
    byName.put("Zl", (int) Character.LINE_SEPARATOR);
    byName.put("Zp", (int) Character.PARAGRAPH_SEPARATOR);
    byName.put("Cc", (int) Character.CONTROL);
    byName.put("Cf", (int) Character.FORMAT);
    byName.put("Co", (int) Character.PRIVATE_USE);
    byName.put("Cs", (int) Character.SURROGATE);
    byName.put("Pd", (int) Character.DASH_PUNCTUATION);
    byName.put("Ps", (int) Character.START_PUNCTUATION);
    byName.put("Pe", (int) Character.END_PUNCTUATION);
    byName.put("Pc", (int) Character.CONNECTOR_PUNCTUATION);
    byName.put("Po", (int) Character.OTHER_PUNCTUATION);
    byName.put("Pi", (int) Character.INITIAL_QUOTE_PUNCTUATION);
    byName.put("Pf", (int) Character.FINAL_QUOTE_PUNCTUATION);
    byName.put("Sm", (int) Character.MATH_SYMBOL);
    byName.put("Sc", (int) Character.CURRENCY_SYMBOL);
    byName.put("Sk", (int) Character.MODIFIER_SYMBOL);
    byName.put("So", (int) Character.OTHER_SYMBOL);
    return byName;
  }

  /** As {@code alpha} in {@code [[:alpha:]]}. */
  static Optional<IntPredicate> posix(String name) {
    return Optional.ofNullable(POSIX.get(name));
  }

  /** The class of a letter behind a backslash, as {@code \d}. */
  static Optional<IntPredicate> perl(char letter) {
    IntPredicate positive =
        switch (Character.toLowerCase(letter)) {
          case 'd' -> DIGIT;
          case 's' -> SPACE;
          case 'w' -> WORD;
          default -> null;
        };
    return Optional.ofNullable(positive)
        .map(set -> Character.isUpperCase(letter) ? set.negate() : set);
  }

  /** A category or a script of Unicode, as {@code Greek} in {@code \p{Greek}}. */
  static Optional<IntPredicate> unicode(String name) {
    if (name.equals("Any")) {
      return Optional.of(ANY);
    }
    if (name.length() <= 2) {
      IntPredicate set =
          c ->
              CATEGORIES.entrySet().stream()
                  .anyMatch(
                      category ->
                          category.getKey().startsWith(name)
                              && category.getValue() == Character.getType(c));
      boolean isKnown = CATEGORIES.keySet().stream().anyMatch(key -> key.startsWith(name));
      return isKnown ? Optional.of(set) : Optional.empty();
    }
    try {
      Character.UnicodeScript script =
          Character.UnicodeScript.forName(name.toUpperCase(Locale.ROOT));
      return Optional.of(c -> Character.UnicodeScript.of(c) == script);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The same without regard to case. */
  static IntPredicate folded(IntPredicate set) {
    return c ->
        set.test(c)
            || set.test(Character.toLowerCase(c))
            || set.test(Character.toUpperCase(c))
            || set.test(Character.toLowerCase(Character.toUpperCase(c)));
  }
}
