package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.store.FolderSync;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What must hold for any log. */
class DeterminismTest {
  private static final int COMMANDS = 60;

  /** A power cut is the store's matter; here it would only cost time. */
  private static final FolderSync DRY =
      new FolderSync() {
        @Override
        public void syncFile(Path file, FileChannel channel) {}

        @Override
        public void move(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void syncFolder(Path folder) {}
      };

  /** A replica after so many random commands, in batches of one to four. */
  private static Replica grown(long seed, int commands) {
    Random random = new Random(seed);
    RandomCommands next = new RandomCommands(random);
    Replica replica = new Replica();
    replica.done(Commands.initialize());
    for (int sequence = 2; sequence < commands; ) {
      Entry[] entries = new Entry[1 + random.nextInt(4)];
      for (int i = 0; i < entries.length; i++) {
        entries[i] = replica.entry(sequence++, next.next());
      }
      replica.timeMillis += random.nextInt(600_000);
      replica.apply(entries);
    }
    return replica;
  }

  private static ClusterStateMachine empty() {
    return new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run));
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void shouldReachTheSameStateFromTheSameLog(@ForAll long seed) {
    try (Replica one = grown(seed, COMMANDS);
        ClusterStateMachine other = empty()) {
      for (int i = 0; i < one.log.size(); i++) {
        other.apply(i + 1, one.log.get(i));
      }

      assertThat(other.digest()).isEqualTo(one.machine.digest());
      assertThat(other.publicIndex()).isEqualTo(one.machine.publicIndex());
      assertThat(Questions.answers(other)).isEqualTo(Questions.answers(one.machine));
    }
  }

  @Property(tries = 10, shrinking = ShrinkingMode.OFF)
  void shouldReachTheSameStateFromSnapshotAndRestOfTheLog(@ForAll long seed) throws IOException {
    Path folder = Files.createTempDirectory("hanse-snapshots");
    try (Replica one = grown(seed, COMMANDS);
        ClusterStateMachine growing = empty()) {
      for (int i = 0; i < one.log.size(); i++) {
        growing.apply(i + 1, one.log.get(i));
        Path file = folder.resolve("at-" + i);
        growing.writeSnapshot(1, file, DRY);
        try (ClusterStateMachine restored = empty()) {
          restored.loadSnapshot(file);
          assertThat(restored.digest()).isEqualTo(growing.digest());
          for (int rest = i + 1; rest < one.log.size(); rest++) {
            restored.apply(rest + 1, one.log.get(rest));
          }
          assertThat(restored.appliedIndex()).isEqualTo(one.machine.appliedIndex());
          assertThat(restored.digest()).isEqualTo(one.machine.digest());
          assertThat(Questions.answers(restored)).isEqualTo(Questions.answers(one.machine));
        }
        Files.delete(file);
      }
    } finally {
      Files.delete(folder);
    }
  }

  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void shouldKnowResultsAfterRestore(@ForAll long seed) throws IOException {
    Path file = Files.createTempFile("hanse", ".snapshot");
    try (Replica one = grown(seed, COMMANDS);
        ClusterStateMachine restored = empty()) {
      one.machine.writeSnapshot(1, file, DRY);
      restored.loadSnapshot(file);
      for (int i = 0; i < one.log.size(); i++) {
        int next = one.log.size() + i + 1;
        assertThat(restored.apply(next, one.log.get(i)))
            .isEqualTo(one.machine.apply(next, one.log.get(i)));
      }
      assertThat(restored.digest()).isEqualTo(one.machine.digest());
    } finally {
      Files.delete(file);
    }
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void shouldApplyNothingTwice(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    try (Replica replica = grown(seed, COMMANDS)) {
      Batch batch = Batch.parseFrom(replica.log.get(random.nextInt(replica.log.size())));
      Map<String, Object> before = Questions.answers(replica.machine);

      BatchResult first = replica.apply(batch.getEntriesList().toArray(new Entry[0]));
      BatchResult second = replica.apply(batch.getEntriesList().toArray(new Entry[0]));

      if (batch.getEntries(0).getClient() != 0) {
        assertThat(second).isEqualTo(first);
      }
      assertThat(Questions.answers(replica.machine)).isEqualTo(before);
    }
  }
}
