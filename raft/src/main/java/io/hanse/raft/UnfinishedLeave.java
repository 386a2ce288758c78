package io.hanse.raft;

import io.hanse.fsm.row.Server;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leave whose process ended before it was through. The others are asked whether they have let
 * this server go, before anything of it runs again: if so it has to be another server by then.
 */
final class UnfinishedLeave {
  private static final Logger LOG = LoggerFactory.getLogger(UnfinishedLeave.class);

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
      promises.stay();
      LOG.warn("this server is one of the others still: it stays, and is not to leave any more");
    }
    return isLetGo.orElse(false);
  }

  /** Empty while no leader answers. */
  private Optional<Boolean> ask() throws IOException {
    Server self = settings.selfOf(directory);
    AddressBook book = new AddressBook(directory, surroundings::learn);
    book.learn(List.of(self));
    ExecutorService completer = RaftThreads.single("raft-unfinished-leave");
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
    long deadline = System.nanoTime() + settings.timing().hold().toNanos();
    try {
      while (true) {
        neighbours.exchange();
        if (neighbours.saysRemoved() || neighbours.saysKept()) {
          return Optional.of(neighbours.saysRemoved());
        }
        if (System.nanoTime() - deadline >= 0) {
          return Optional.empty();
        }
        TimeUnit.MILLISECONDS.sleep(settings.timing().joinInterval().toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
