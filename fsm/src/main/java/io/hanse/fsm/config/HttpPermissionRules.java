package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.IntentionHeaderPermission;
import io.hanse.fsm.row.IntentionHttpPermission;

/** What the HTTP part of an intention's permission may say. */
final class HttpPermissionRules {
  private HttpPermissionRules() {}

  static void validate(IntentionHttpPermission http, String where) {
    int paths = 0;
    if (!http.getPathExact().isEmpty()) {
      paths++;
      requireSlash(http.getPathExact(), where + ".PathExact");
    }
    if (!http.getPathPrefix().isEmpty()) {
      paths++;
      requireSlash(http.getPathPrefix(), where + ".PathPrefix");
    }
    paths += http.getPathRegex().isEmpty() ? 0 : 1;
    if (paths > 1) {
      throw invalid(
          where + " should only contain at most one of PathExact, PathPrefix, or PathRegex");
    }
    for (int k = 0; k < http.getHeaderCount(); k++) {
      validate(http.getHeader(k), where + ".Header[" + k + "]");
    }
    HttpMethods.require(http.getMethodsList(), where + ".Methods");
    if (paths == 0 && http.getHeaderCount() == 0 && http.getMethodsCount() == 0) {
      throw invalid(where + " should not be empty");
    }
  }

  private static void validate(IntentionHeaderPermission header, String where) {
    if (header.getName().isEmpty()) {
      throw invalid(where + " missing required Name field");
    }
    int exact = header.getExact().isEmpty() ? 0 : 1;
    int prefix = header.getPrefix().isEmpty() ? 0 : 1;
    int suffix = header.getSuffix().isEmpty() ? 0 : 1;
    int contains = header.getContains().isEmpty() ? 0 : 1;
    int caseless = exact + prefix + suffix + contains;
    int all = caseless + (header.getPresent() ? 1 : 0) + (header.getRegex().isEmpty() ? 0 : 1);
    if (all != 1) {
      throw invalid(
          where + " should only contain one of Present, Exact, Prefix, Suffix, Contains, or Regex");
    }
    if (header.getIgnoreCase() && caseless == 0) {
      throw invalid(
          where + " should set one of Exact, Prefix, Suffix, or Contains when using IgnoreCase");
    }
  }

  private static void requireSlash(String path, String where) {
    if (!path.startsWith("/")) {
      throw invalid(where + " doesn't start with '/': \"" + path + "\"");
    }
  }
}
