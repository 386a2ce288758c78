package io.hanse.gateway.admin;

import java.util.List;

/** What can be asked of a running proxy. Called from the admin server's threads. */
public interface Introspection {
  /** Whether it takes connections. */
  boolean isReady();

  /** Adds to the answer of {@code /status}. */
  void status(JsonText json);

  /** Adds to the answer of {@code /metrics}. */
  void metrics(MetricsText metrics);

  /** The last lines of the access log, the oldest first. */
  List<String> accessLog();
}
