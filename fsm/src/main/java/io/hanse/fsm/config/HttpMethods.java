package io.hanse.fsm.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The methods of HTTP that an entry may name. */
final class HttpMethods {
  private static final Set<String> KNOWN =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");

  private HttpMethods() {}

  static boolean isKnown(String method) {
    return KNOWN.contains(method);
  }

  static List<String> upper(List<String> methods) {
    return methods.stream().map(method -> method.toUpperCase(Locale.ROOT)).toList();
  }

  /**
   * Each known, and none twice.
   *
   * @param where what a refusal begins with
   */
  static void require(List<String> methods, String where) {
    Set<String> seen = new LinkedHashSet<>();
    for (String method : methods) {
      if (!isKnown(method)) {
        throw Findings.invalid(where + " contains an invalid method \"" + method + "\"");
      }
      if (!seen.add(method)) {
        throw Findings.invalid(where + " contains \"" + method + "\" more than once");
      }
    }
  }
}
