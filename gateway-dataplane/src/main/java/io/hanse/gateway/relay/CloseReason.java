package io.hanse.gateway.relay;

import java.util.Locale;

/** Why a connection ended: every way out has a name, in the log and as the label of a metric. */
public enum CloseReason {
  /** Both sides said all they had to say. */
  DONE(false),
  LIMIT_TOTAL(false),
  LIMIT_SOURCE(false),
  /** Too many clients that have not said where they want to go; this was the oldest. */
  LIMIT_PEEKING(false),
  /** Too many bytes are kept for clients that are not connected yet; this was the oldest. */
  LIMIT_HELD(false),
  /** Too many handshakes under way; this was the oldest. */
  LIMIT_HANDSHAKES(false),
  /** The target has as many connections as it may have. */
  ROUTE_LIMIT(false),
  BAD_HELLO(false),
  NO_SNI(false),
  HELLO_TOO_LARGE(false),
  HELLO_TIMEOUT(false),
  /** The client left before it was connected. */
  CLIENT_GONE(false),
  NO_ROUTE(false),
  /** The target has no healthy endpoint. */
  NO_ENDPOINT(false),
  CONNECT_FAILED(false),
  CLIENT_RESET(true),
  UPSTREAM_RESET(true),
  IDLE(false),
  /** A stream between servers, which goes on through another gateway: this one is stopping. */
  MOVED(false),
  /** This process is stopping. */
  DRAINED(true),
  TLS_FAILED(false),
  /** An intention, or the default, forbids it. */
  RBAC_DENIED(false),
  /** The roots of the client's trust domain were withdrawn. */
  BUNDLE_GONE(true),
  /** Its route was removed while it was open. */
  ROUTE_GONE(true);

  private final boolean abort;

  CloseReason(boolean abort) {
    this.abort = abort;
  }

  /** Whether both sides are told by a reset: what they have may be incomplete. */
  boolean isAbort() {
    return abort;
  }

  /** As in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
