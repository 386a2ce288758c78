package io.hanse.raft;

import io.hanse.fsm.port.PoolShutdown;
import io.hanse.fsm.row.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leave whose process ended before it was through. The others are asked whether they have let
 * this server go, before anything of it runs again: if so it has to be another server by then.
 */
final class UnfinishedLeave {
  private static final Logger LOG = LoggerFactory.getLogger(UnfinishedLeave.class);

  /** A round takes a second at most. */
  private static final Duration LAST_ROUND = Duration.ofSeconds(5);

  private final DataDirectory directory;
  private final RaftSettings settings;
  private final Surroundings surroundings;
  private final Promises promises;

  UnfinishedLeave(DataDirectory directory, RaftSettings settings, Surroundings surroundings)
      throws IOException {
    this.directory = directory;
    this.settings = settings;
    this.surroundings = surroundings;
    this.promises = new Promises(directory, settings.bootstrap().expect());
  }

  /**
   * Finishes the leave, if there is one and the others have let this server go. If they have it
   * still it is not to leave any more; if that can't be learned in time, it is found out later.
   *
   * @return whether the directory has to be opened anew, as another server's
   */
  boolean finish() throws IOException {
    if (!promises.mayHaveLeft()) {
      return false;
    }
    LOG.warn("this server was about to leave the others when it ended: are they without it?");
    Optional<Boolean> isLetGo = promises.isRemoved() ? Optional.of(true) : ask();
    if (isLetGo.isEmpty()) {
      LOG.warn("nobody could say whether the others are without this server: it goes on for now");
    } else if (isLetGo.get()) {
      promises.startOver();
      LOG.warn("the others are without this server: it joins them anew");
    } else {
      promises.stay(promises.leaves());
      LOG.warn("this server is one of the others still: it stays, and is not to leave any more");
    }
    return isLetGo.orElse(false);
  }

  /** Empty while no leader answers. */
  private Optional<Boolean> ask() throws IOException {
    Server self = settings.selfOf(directory);
    AddressBook book = new AddressBook(directory, surroundings::learn);
    book.learn(List.of(self));
    ExecutorService completer = RaftThreads.single("raft-completer");
    try (Surroundings.Dialer peers =
        surroundings.dialer(self, promises::groupId, book::callAddress, completer)) {
      return ask(
          new Neighbours(
              self.getRaftId(),
              settings.bootstrap().retryJoin(),
              book,
              peers,
              () -> LocalServer.account(self, settings, Optional.empty(), promises),
              server -> true,
              System::nanoTime));
    } finally {
      completer.shutdown();
    }
  }

  private Optional<Boolean> ask(Neighbours neighbours) {
    CompletableFuture<Boolean> isLetGo = new CompletableFuture<>();
    Runnable round =
        () -> {
          neighbours.exchange();
          if (neighbours.saysRemoved() || neighbours.saysKept()) {
            isLetGo.complete(neighbours.saysRemoved());
          }
        };
    // Once in any case, however long that takes.
    round.run();
    RaftSettings.Timing timing = settings.timing();
    long pause = timing.joinInterval().toMillis();
    ScheduledExecutorService rounds = RaftThreads.timer("raft-unfinished-leave");
    rounds.scheduleWithFixedDelay(round, pause, pause, TimeUnit.MILLISECONDS);
    try {
      return Optional.of(isLetGo.get(timing.hold().toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a round of questions has no failure of its own", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      // What is learned in a round is written down: not into a directory that is given back.
      rounds.shutdownNow();
      if (!PoolShutdown.isOver(LAST_ROUND, rounds)) {
        LOG.warn("a question to the others is under way after {} s", LAST_ROUND.toSeconds());
      }
    }
  }
}
