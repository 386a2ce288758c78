package io.hanse.cli.program;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a line says: words, then pairs of a key and a value. A message of another form, as libraries
 * write them, is words only.
 *
 * @param pairs in the order of the message
 */
record LoggedPairs(String words, Map<String, Object> pairs) {
  /** A value fills its pair: what is composed of several has no type of its own. */
  private static final Pattern PAIR =
      Pattern.compile(" ([a-zA-Z][a-zA-Z0-9_]*)=(?:\\{\\}|\"\\{\\}\"|([^ {}\"]+))");

  static LoggedPairs of(ILoggingEvent event) {
    String pattern = event.getMessage();
    Object[] values = event.getArgumentArray();
    int from = pattern == null ? -1 : firstPair(pattern);
    if (from <= 0 || values == null || pattern.substring(0, from).contains("{}")) {
      return wordsOnly(event);
    }
    Map<String, Object> pairs = new LinkedHashMap<>();
    Matcher pair = PAIR.matcher(pattern);
    int next = 0;
    int end = from;
    while (end < pattern.length()) {
      boolean isPair = pair.find(end) && pair.start() == end;
      boolean isFixed = isPair && pair.group(2) != null;
      if (!isPair || (!isFixed && next == values.length)) {
        return wordsOnly(event);
      }
      pairs.put(pair.group(1), isFixed ? pair.group(2) : values[next++]);
      end = pair.end();
    }
    return new LoggedPairs(pattern.substring(0, from), pairs);
  }

  private static int firstPair(String pattern) {
    Matcher pair = PAIR.matcher(pattern);
    return pair.find() ? pair.start() : -1;
  }

  private static LoggedPairs wordsOnly(ILoggingEvent event) {
    return new LoggedPairs(String.valueOf(event.getFormattedMessage()), Map.of());
  }
}
