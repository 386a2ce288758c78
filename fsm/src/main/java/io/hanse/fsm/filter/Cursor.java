package io.hanse.fsm.filter;

import io.hanse.fsm.error.Quoted;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/**
 * A place in the text of an expression. It remembers the farthest place at which the text could not
 * go on, and what would have let it: that is what a refusal says.
 */
final class Cursor {
  private static final String END = "!.";

  private final String text;
  private final Set<String> complaints = new LinkedHashSet<>();
  private final TreeSet<String> expected = new TreeSet<>();
  private int at;
  private int farthest;
  private boolean isInverted;

  Cursor(String text) {
    this.text = text;
  }

  int at() {
    return at;
  }

  void goTo(int place) {
    at = place;
  }

  String since(int start) {
    return text.substring(start, at);
  }

  boolean literal(String wanted) {
    return took(text.startsWith(wanted, at), wanted.length(), Quoted.of(wanted));
  }

  /** One character of a class, which refusals print as given. */
  boolean oneOf(String name, IntPredicate characters) {
    boolean isThere = at < text.length() && characters.test(text.charAt(at));
    return took(isThere, 1, name);
  }

  boolean any() {
    boolean isThere = at < text.length();
    return took(isThere, isThere ? Character.charCount(text.codePointAt(at)) : 0, ".");
  }

  /** As many as there are; at least one. */
  boolean space() {
    boolean isThere = blank();
    while (isThere && blank()) {
      // Each takes one more.
    }
    return isThere;
  }

  void optionalSpace() {
    space();
  }

  private boolean blank() {
    return oneOf("[ \\t\\r\\n]", c -> c == ' ' || c == '\t' || c == '\r' || c == '\n');
  }

  boolean end() {
    return isNotAhead(this::any);
  }

  /** Whether something follows; it is not taken. */
  boolean isAhead(BooleanSupplier something) {
    int start = at;
    boolean isThere = something.getAsBoolean();
    at = start;
    return isThere;
  }

  /** Whether something does not follow. */
  boolean isNotAhead(BooleanSupplier something) {
    isInverted = !isInverted;
    boolean isThere = isAhead(something);
    isInverted = !isInverted;
    return !isThere;
  }

  private boolean took(boolean isThere, int length, String wanted) {
    if (isThere == isInverted && at >= farthest) {
      if (at > farthest) {
        expected.clear();
        farthest = at;
      }
      expected.add(isInverted ? "!" + wanted : wanted);
    }
    if (isThere) {
      at += length;
    }
    return isThere;
  }

  /** Names a mistake for what it is; the whole expression is refused by it. */
  void complain(int place, String rule, String complaint) {
    complaints.add(position(place) + ": rule \"" + rule + "\": " + complaint);
  }

  boolean hasComplaints() {
    return !complaints.isEmpty();
  }

  /** Why the text is no expression. */
  String refusal() {
    if (hasComplaints()) {
      return String.join("\n", complaints);
    }
    List<String> wanted = new ArrayList<>(expected);
    if (wanted.remove(END)) {
      wanted.add("EOF");
    }
    int last = wanted.size() - 1;
    String list =
        last < 1
            ? String.join("", wanted)
            : String.join(", ", wanted.subList(0, last)) + " or " + wanted.get(last);
    return position(farthest) + ": no match found, expected: " + list;
  }

  /** Line and column count characters from 1, the offset bytes from 0. */
  private String position(int place) {
    int line = 1;
    int column = 0;
    for (int i = 0;
        i <= place;
        i += i < text.length() ? Character.charCount(text.codePointAt(i)) : 1) {
      column++;
      if (i < text.length() && text.charAt(i) == '\n') {
        line++;
        column = 0;
      }
    }
    int offset = text.substring(0, place).getBytes(StandardCharsets.UTF_8).length;
    return String.format(Locale.ROOT, "%d:%d (%d)", line, column, offset);
  }
}
