package io.hanse.cli.agent;

import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ExpireAclTokens;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Acl;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Proposes to take out tokens whose time is over, where there are any. */
final class AclExpiry {
  private static final int TOKENS_AT_ONCE = 1_000;

  private final StateReader reader;
  private final CommandSubmitter submitter;
  private final InstantSource clock;

  AclExpiry(StateReader reader, CommandSubmitter submitter, InstantSource clock) {
    this.reader = reader;
    this.submitter = submitter;
    this.clock = clock;
  }

  CompletableFuture<?> run() {
    long now = clock.millis();
    Optional<Long> next;
    try (View view = reader.view()) {
      next = new Acl(view).nextExpiry();
    }
    if (next.isEmpty() || next.get() >= now) {
      return CompletableFuture.completedFuture(null);
    }
    return submitter.submit(
        Command.newBuilder()
            .setExpireAclTokens(
                ExpireAclTokens.newBuilder()
                    .setExpiredBeforeMillis(now)
                    .setTokensMax(TOKENS_AT_ONCE))
            .build());
  }
}
