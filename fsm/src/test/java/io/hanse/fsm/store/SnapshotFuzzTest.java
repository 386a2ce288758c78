package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Files that are not what was written, though their checksum is right. */
class SnapshotFuzzTest {
  /** Magic number, layout and six numbers of eight bytes. */
  private static final int HEADER_BYTES = 60;

  private static Path file = Path.of("");
  private static byte[] good = new byte[0];

  @BeforeContainer
  static void write() throws IOException {
    file = Files.createTempFile("fuzz", ".snapshot");
    try (Store store = TestTables.store()) {
      Transaction transaction = TestTables.next(store);
      transaction.nextIndex();
      for (int i = 0; i < 20; i++) {
        TestTables.KV.put(transaction, TestTables.kv("k" + i, "v".repeat(i)));
        TestTables.CHECKS.put(transaction, TestTables.check("n", "c" + i, "web", "passing"));
      }
      transaction.nextIndex();
      TestTables.KV.remove(transaction, TestTables.kvKey("k3"));
      transaction.publish();
      try (View view = store.view()) {
        SnapshotFile.write(view, 1, file, FolderSync.ofDisk());
      }
    }
    good = Files.readAllBytes(file);
  }

  @AfterContainer
  static void delete() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 500)
  void shouldRefuseWhatTheDigestDoesNotCover(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    byte[] bad = good.clone();
    int body = bad.length - Long.BYTES;
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = HEADER_BYTES + random.nextInt(body - HEADER_BYTES - Integer.BYTES);
      if (random.nextBoolean()) {
        bad[at] ^= (byte) (1 + random.nextInt(255));
      } else {
        ByteBuffer.wrap(bad).putInt(at, random.nextInt());
      }
    }
    refuse(bad);
  }

  /** No floors or fewer than none: the digest is the same. */
  @Example
  void shouldRefuseANegativeCount() throws IOException {
    byte[] bad = good.clone();
    ByteBuffer.wrap(bad).putInt(HEADER_BYTES, -1);
    refuse(bad);
  }

  private static void refuse(byte[] bad) throws IOException {
    int body = bad.length - Long.BYTES;
    CRC32C crc = new CRC32C();
    crc.update(bad, 0, body);
    ByteBuffer.wrap(bad).putLong(body, crc.getValue());
    Files.write(file, bad);
    try (Store store = TestTables.store()) {
      SnapshotFile.load(file, TestTables.SCHEMA, store);
      assertThat(bad).as("what is loaded is what was written").isEqualTo(good);
    } catch (ProblemException e) {
      // A table that nobody knows is told from damage by nothing.
      assertThat(e.code()).isIn(ProblemCode.DECODE_FAILED, ProblemCode.NEWER_FORMAT);
    } catch (RuntimeException e) {
      fail("not a clean refusal", e);
    }
  }
}
