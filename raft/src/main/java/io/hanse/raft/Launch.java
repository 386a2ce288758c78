package io.hanse.raft;

import io.hanse.fsm.store.FolderSync;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes replication on a data directory. A server of several whose state is lost sets it aside and
 * starts as a new one, under another raft id, which the leader puts in the place of the old one.
 * The votes of the old one, and its acknowledgements, then count for nothing until the others have
 * brought the new one up to date: with less than a majority of others it waits.
 */
public final class Launch {
  private static final Logger LOG = LoggerFactory.getLogger(Launch.class);

  private Launch() {}

  /** On a directory that is taken, and is given back by whoever took it. */
  public static Replication prepare(
      DirectoryLock lock,
      RaftSettings settings,
      Replica replica,
      Fatal fatal,
      Surroundings surroundings)
      throws IOException {
    return prepare(
        () -> DataDirectory.open(lock, settings.self().getNodeId(), files()),
        settings,
        replica,
        fatal,
        surroundings);
  }

  /** Takes the data directory, which is given back with what is made; nothing runs yet. */
  public static Replication prepare(
      RaftSettings settings, Replica replica, Fatal fatal, Surroundings surroundings)
      throws IOException {
    return prepare(
        () -> DataDirectory.open(settings.directory(), settings.self().getNodeId(), files()),
        settings,
        replica,
        fatal,
        surroundings);
  }

  private interface Opening {
    DataDirectory open() throws IOException;
  }

  private static Replication prepare(
      Opening opening,
      RaftSettings settings,
      Replica replica,
      Fatal fatal,
      Surroundings surroundings)
      throws IOException {
    try {
      return make(opening, settings, replica, fatal, surroundings);
    } catch (StateLostException e) {
      Path aside = startOver(opening, settings, e);
      LOG.error(
          "{}. But there are other servers: what there is was set aside in {}, and this server joins"
              + " its group anew",
          e.getMessage(),
          aside);
      return make(opening, settings, replica, fatal, surroundings);
    }
  }

  private static Replication make(
      Opening opening,
      RaftSettings settings,
      Replica replica,
      Fatal fatal,
      Surroundings surroundings)
      throws IOException {
    DataDirectory directory = open(opening, settings, surroundings);
    try {
      return new Replication(settings, replica, fatal, directory, surroundings);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private static DataDirectory open(
      Opening opening, RaftSettings settings, Surroundings surroundings) throws IOException {
    DataDirectory directory = opening.open();
    try {
      if (!new UnfinishedLeave(directory, settings, surroundings).finish()) {
        return directory;
      }
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
    directory.close();
    return opening.open();
  }

  private static DurableFiles files() {
    return new DurableFiles(FolderSync.ofDisk());
  }

  private static Path startOver(Opening opening, RaftSettings settings, StateLostException lost)
      throws IOException {
    try (DataDirectory directory = opening.open()) {
      Promises promises = new Promises(directory, settings.bootstrap().expect());
      if (!promises.isFormed() || !knowsOthers(directory, settings.self().getNode())) {
        throw lost;
      }
      return directory.startOver(
          DataDirectory.LOST, Promises.joining(promises.groupId().orElseThrow()));
    }
  }

  /** Others by name: the former selves of this server are in the book too. */
  private static boolean knowsOthers(DataDirectory directory, String own) throws IOException {
    return new AddressBook(directory, row -> {})
        .all().stream().anyMatch(server -> !server.getNode().equals(own));
  }
}
