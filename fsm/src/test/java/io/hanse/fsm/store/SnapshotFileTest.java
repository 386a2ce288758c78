package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {
  @TempDir Path folder;

  private Path write(Store store) throws IOException {
    Path file = folder.resolve("state");
    try (View view = store.view()) {
      SnapshotFile.write(view, 7, file, FolderSync.ofDisk());
    }
    return file;
  }

  private static Store filled() {
    Store store = TestTables.store();
    for (int i = 0; i < 300; i++) {
      TestTables.put(store, "k" + i, "v".repeat(i));
    }
    TestTables.remove(store, "k5");
    return store;
  }

  @Test
  void shouldRoundTripTheEmptyState() throws IOException {
    try (Store store = TestTables.store();
        Store copy = TestTables.store()) {
      SnapshotFile.load(write(store), TestTables.SCHEMA, copy);
      assertThat(copy.version().totals()).isEqualTo(store.version().totals());
    }
  }

  @Test
  void shouldSayInItsHeaderWhereItWasTaken() throws IOException {
    try (Store store = filled()) {
      SnapshotFile.Header header = SnapshotFile.header(write(store));
      assertThat(header.term()).isEqualTo(7);
      assertThat(header.logIndex()).isEqualTo(300);
      assertThat(header.digest()).isEqualTo(store.version().digest());
    }
  }

  /** Not by trying to take the memory, which would end the process. */
  @Test
  void shouldRefuseALengthThatNoRowHas() throws IOException {
    try (Store store = TestTables.store()) {
      TestTables.put(store, "key", "value");
      byte[] bad = Files.readAllBytes(write(store));
      // Behind the header, no floors, one table, its number, one row and the length of its key.
      int lengthAt = 60 + 5 * Integer.BYTES;
      ByteBuffer.wrap(bad).putInt(lengthAt, Integer.MAX_VALUE - 8);

      assertThatThrownBy(
              () ->
                  SnapshotCheck.read(
                      new ByteArrayInputStream(bad),
                      4L << 30,
                      TestTables.SCHEMA,
                      (table, key, bytes) -> {}))
          .hasMessageContaining("a row of 2147483639 bytes cannot be");
    }
  }

  @Test
  void shouldRefuseEveryDamagedOrShortenedFileAndKeepTheState() throws IOException {
    try (Store store = filled();
        Store other = TestTables.store()) {
      byte[] good = Files.readAllBytes(write(store));
      TestTables.put(other, "own", "state");
      long digest = other.version().digest();
      Random random = new Random(1);
      Path file = folder.resolve("bad");
      for (int i = 0; i < 300; i++) {
        byte[] bad = good.clone();
        if (i % 3 == 0) {
          bad = Arrays.copyOf(bad, i < 100 ? i : random.nextInt(good.length));
        } else {
          bad[i < 100 ? i : random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, bad);
        assertThatThrownBy(() -> SnapshotFile.load(file, TestTables.SCHEMA, other))
            .isInstanceOfSatisfying(
                ProblemException.class,
                e -> assertThat(e.code()).isEqualTo(ProblemCode.DECODE_FAILED));
      }
      assertThat(other.version().digest()).isEqualTo(digest);
    }
  }

  @Test
  void shouldRefuseANewerLayoutByName() throws IOException {
    try (Store store = filled()) {
      Path file = write(store);
      byte[] bytes = Files.readAllBytes(file);
      ByteBuffer.wrap(bytes).putInt(Long.BYTES, 2);
      CRC32C crc = new CRC32C();
      crc.update(bytes, 0, bytes.length - Long.BYTES);
      ByteBuffer.wrap(bytes).putLong(bytes.length - Long.BYTES, crc.getValue());
      Files.write(file, bytes);
      assertThatThrownBy(() -> SnapshotFile.load(file, TestTables.SCHEMA, store))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("newer version");
    }
  }

  @Test
  void shouldSyncTheFileThenMoveItThenSyncTheFolder() throws IOException {
    List<String> steps = new ArrayList<>();
    FolderSync disk = FolderSync.ofDisk();
    FolderSync recorder =
        new FolderSync() {
          @Override
          public void syncFile(Path file, FileChannel channel) throws IOException {
            steps.add("sync " + file.getFileName() + " of " + (channel.size() > 1_000));
            disk.syncFile(file, channel);
          }

          @Override
          public void move(Path from, Path to) throws IOException {
            steps.add("move " + from.getFileName() + " to " + to.getFileName());
            disk.move(from, to);
          }

          @Override
          public void syncFolder(Path synced) throws IOException {
            steps.add("sync folder " + synced.equals(folder));
            disk.syncFolder(synced);
          }
        };
    try (Store store = filled();
        View view = store.view()) {
      SnapshotFile.write(view, 1, folder.resolve("state"), recorder);
    }
    assertThat(steps)
        .containsExactly(
            "sync state.unfinished of true", "move state.unfinished to state", "sync folder true");
  }

  @Test
  void shouldKeepTheViewsOfTheStateThatIsReplacedAndWakeAllWatches() throws IOException {
    try (Store store = filled();
        Store other = TestTables.store(TestTables.settings().withHeapBytesMax(0))) {
      TestTables.put(other, "own", "state");
      AtomicInteger woken = new AtomicInteger();
      try (View old = other.view()) {
        TestTables.KV.get(old, TestTables.kvKey("own"));
        other.watches().watch(old.reads(), old.readIndex(), woken::incrementAndGet);
        SnapshotFile.load(write(store), TestTables.SCHEMA, other);
        assertThat(woken).hasValue(1);
        // As late as this: its state is gone, so nothing could wake it.
        other.watches().watch(old.reads(), 1_000, woken::incrementAndGet);
        assertThat(woken).hasValue(2);
        assertThat(TestTables.KV.get(old, TestTables.kvKey("own"))).isPresent();
      }
      TestTables.put(other, "after", "it");
      try (View view = other.view()) {
        assertThat(TestTables.KV.list(view, Key.EMPTY)).hasSize(300);
      }
    }
  }
}
