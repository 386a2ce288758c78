package io.hanse.fsm.filter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Finds by trying one way after the other, as is written in books. What groups took on a way that
 * was given up is forgotten with it, which Java's own patterns do not manage in each case. Knows
 * the characters {@code a}, {@code b} and {@code x}, {@code [ab]}, the dot, anchors, groups, and
 * repeats of what is never empty.
 */
final class Backtracking {
  private static final int UNBOUNDED = Integer.MAX_VALUE;

  /** What follows; begins and ends of groups are never changed, but copied. */
  private interface Next {
    boolean at(int position, int[] groups);
  }

  private interface Node {
    boolean match(int position, int[] groups, Next next);
  }

  private final String pattern;
  private final String text;
  private int read;
  private int groupCount;

  private Backtracking(String pattern, String text) {
    this.pattern = pattern;
    this.text = text;
  }

  /** The whole and its groups, empty where they took no part; the leftmost that is found first. */
  static Optional<List<String>> find(String pattern, String text) {
    return new Backtracking(pattern, text).find();
  }

  private Optional<List<String>> find() {
    Node whole = choice();
    List<String> found = new ArrayList<>();
    for (int i = 0; i <= text.length() && found.isEmpty(); i++) {
      int begin = i;
      int[] none = new int[2 * (groupCount + 1)];
      Arrays.fill(none, -1);
      whole.match(
          begin,
          none,
          (end, groups) -> {
            found.add(text.substring(begin, end));
            for (int group = 1; group <= groupCount; group++) {
              int from = groups[2 * group];
              found.add(from < 0 ? "" : text.substring(from, groups[2 * group + 1]));
            }
            return true;
          });
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  private boolean isNext(String part) {
    boolean is = pattern.startsWith(part, read);
    read += is ? part.length() : 0;
    return is;
  }

  private Node choice() {
    Node first = sequence();
    if (!isNext("|")) {
      return first;
    }
    Node second = choice();
    return (at, groups, next) -> first.match(at, groups, next) || second.match(at, groups, next);
  }

  private Node sequence() {
    if (read == pattern.length() || "|)".indexOf(pattern.charAt(read)) >= 0) {
      return (at, groups, next) -> next.at(at, groups);
    }
    Node first = repeated(atom());
    Node rest = sequence();
    return (at, groups, next) ->
        first.match(at, groups, (then, taken) -> rest.match(then, taken, next));
  }

  private Node atom() {
    if (isNext("(")) {
      int group = ++groupCount;
      Node inner = choice();
      if (!isNext(")")) {
        throw new IllegalArgumentException(pattern);
      }
      return (at, groups, next) ->
          inner.match(
              at,
              groups,
              (end, taken) -> {
                int[] with = taken.clone();
                with[2 * group] = at;
                with[2 * group + 1] = end;
                return next.at(end, with);
              });
    }
    if (isNext("^")) {
      return (at, groups, next) -> at == 0 && next.at(at, groups);
    }
    if (isNext("$")) {
      return (at, groups, next) -> at == text.length() && next.at(at, groups);
    }
    if (isNext("[ab]")) {
      return one(c -> c == 'a' || c == 'b');
    }
    char c = pattern.charAt(read++);
    return one(c == '.' ? any -> true : each -> each == c);
  }

  private Node one(IntPredicate fits) {
    return (at, groups, next) ->
        at < text.length() && fits.test(text.charAt(at)) && next.at(at + 1, groups);
  }

  private Node repeated(Node node) {
    if (isNext("{1,2}")) {
      return repeat(node, 1, 2, !isNext("?"));
    }
    if (isNext("{2}")) {
      return repeat(node, 2, 2, !isNext("?"));
    }
    if (isNext("*")) {
      return repeat(node, 0, UNBOUNDED, !isNext("?"));
    }
    if (isNext("+")) {
      return repeat(node, 1, UNBOUNDED, !isNext("?"));
    }
    return isNext("?") ? repeat(node, 0, 1, !isNext("?")) : node;
  }

  private static Node repeat(Node node, int min, int max, boolean isGreedy) {
    if (max == 0) {
      return (at, groups, next) -> next.at(at, groups);
    }
    return (at, groups, next) -> {
      int left = max == UNBOUNDED ? UNBOUNDED : max - 1;
      Node rest = repeat(node, Math.max(0, min - 1), left, isGreedy);
      Next more = (then, taken) -> rest.match(then, taken, next);
      if (min > 0) {
        return node.match(at, groups, more);
      }
      return isGreedy
          ? node.match(at, groups, more) || next.at(at, groups)
          : next.at(at, groups) || node.match(at, groups, more);
    };
  }
}
