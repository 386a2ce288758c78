package io.hanse.raft.ratis;

import io.hanse.raft.StateLostException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;

/**
 * Finds, before anything is started, that all snapshots which the log could go on from are damaged.
 * Such a server must not start under its id: it would neither have nor ask for what it
 * acknowledged, since the leader sends no snapshot to a server that has the newest entries.
 */
final class LostState {
  private LostState() {}

  /** Fails where the state of a group is lost. */
  static void refuse(Path groups) throws IOException {
    if (!Files.isDirectory(groups)) {
      return;
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(groups)) {
      for (Path group : folders) {
        refuseGroup(group);
      }
    }
  }

  private static void refuseGroup(Path group) throws IOException {
    Path current = group.resolve("current");
    Path snapshots = group.resolve("sm");
    if (!Files.isDirectory(current) || !Files.isDirectory(snapshots)) {
      return;
    }
    long first = LogDamage.firstIndex(current);
    if (first == 0) {
      // All is in the log: no snapshot, which may be large, has to be read for this.
      return;
    }
    List<String> damaged = new ArrayList<>();
    for (Path file : SnapshotKeeper.newestFirst(snapshots)) {
      long index = SimpleStateMachineStorage.getTermIndexFromSnapshotFile(file.toFile()).getIndex();
      if (index + 1 >= first || first == LogDamage.NO_LOG) {
        if (SnapshotKeeper.isSound(file)) {
          return;
        }
        damaged.add(file.toString());
      }
    }
    boolean wasThereOne = !damaged.isEmpty() || hasSetAside(snapshots);
    if (first != LogDamage.NO_LOG || wasThereOne) {
      throw new StateLostException(LogDamage.gap(current, first) + " damaged=" + damaged);
    }
  }

  private static boolean hasSetAside(Path snapshots) throws IOException {
    try (DirectoryStream<Path> aside =
        Files.newDirectoryStream(snapshots, "*" + SnapshotKeeper.SET_ASIDE)) {
      return aside.iterator().hasNext();
    }
  }
}
