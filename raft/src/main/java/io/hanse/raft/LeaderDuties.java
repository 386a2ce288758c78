package io.hanse.raft;

import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.row.AbandonRestore;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ExpireClients;
import io.hanse.fsm.row.ReapTombstones;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be proposed from time to time. Nothing here changes state: a proposal that is made
 * twice, or by a leader that is one no more, does no harm.
 */
final class LeaderDuties {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderDuties.class);

  /** Its parts come one after the other, without a pause. */
  private static final long RESTORE_IDLE_MILLIS = 5 * 60_000;

  private final Server self;
  private final RaftSettings.Timing timing;
  private final Leadership leadership;
  private final CommandSubmitter submitter;
  private final LongSupplier logMillis;
  private final AtomicBoolean isAnnouncing = new AtomicBoolean();
  private volatile boolean isAnnounced;

  LeaderDuties(
      Server self,
      RaftSettings.Timing timing,
      Leadership leadership,
      CommandSubmitter submitter,
      LongSupplier logMillis) {
    this.self = self;
    this.timing = timing;
    this.leadership = leadership;
    this.submitter = submitter;
    this.logMillis = logMillis;
  }

  /** Forgets clients that are gone, deletions that are old, and restores that were given up. */
  void tidy() {
    if (!leadership.standing().self()) {
      return;
    }
    long now = logMillis.getAsLong();
    propose(
        Command.newBuilder()
            .setExpireClients(
                ExpireClients.newBuilder()
                    .setUnusedSinceMillis(now - timing.clientExpiry().toMillis())));
    propose(
        Command.newBuilder()
            .setReapTombstones(
                ReapTombstones.newBuilder()
                    .setDeletedBeforeMillis(now - timing.tombstoneAge().toMillis())));
    propose(
        Command.newBuilder()
            .setAbandonRestore(
                AbandonRestore.newBuilder().setIdleSinceMillis(now - RESTORE_IDLE_MILLIS)));
  }

  private void propose(Command.Builder command) {
    submitter
        .submit(command.build())
        .exceptionally(
            failure -> {
              LOG.debug("a periodic proposal failed", failure);
              return null;
            });
  }

  /** Writes this server's row, once a start, as soon as there is a leader. */
  void announce() {
    if (isAnnounced
        || leadership.standing().leader().isEmpty()
        || !isAnnouncing.compareAndSet(false, true)) {
      return;
    }
    CompletableFuture<?> written;
    try {
      written =
          submitter.submit(
              Command.newBuilder()
                  .setWriteServer(WriteServer.newBuilder().setServer(self))
                  .build());
    } catch (RuntimeException | Error e) {
      isAnnouncing.set(false);
      throw e;
    }
    written.whenComplete(
        (result, failure) -> {
          isAnnounced = failure == null;
          isAnnouncing.set(false);
        });
  }
}
