package io.hanse.http.agent;

import io.hanse.fsm.row.Session;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Lets the time of a session begin anew, at whoever watches over it. */
@FunctionalInterface
public interface SessionRenewal {
  /**
   * Renews a session. It does not end for want of a renewal before its time is over once more.
   *
   * @return the session, if it lives
   */
  CompletableFuture<Optional<Session>> renew(String id);
}
