package io.hanse.http.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveReaderTest {
  @TempDir Path folder;

  private byte[] archive(byte[] state) throws IOException {
    Path file = folder.resolve("state");
    Files.write(file, state);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ArchiveMeta meta =
        ArchiveMeta.of(
            42, 7, 1_000, List.of(new ArchiveMeta.Server("id", "10.0.0.1:8300")), state.length);
    ArchiveWriter.write(out, meta, file, 1_000);
    return out.toByteArray();
  }

  private static byte[] someState() {
    byte[] state = new byte[70_001];
    new Random(1).nextBytes(state);
    return state;
  }

  private static ArchiveReader.Contents<byte[]> read(byte[] archive) throws IOException {
    return ArchiveReader.read(
        new ByteArrayInputStream(archive), (meta, state, bytes) -> state.readAllBytes());
  }

  @Test
  void shouldBringBackWhatWasPacked() throws IOException {
    ArchiveReader.Contents<byte[]> contents = read(archive(someState()));
    assertThat(contents.state()).isEqualTo(someState());
    assertThat(contents.meta())
        .isEqualTo(new ArchiveMeta(1, "7-42-1000", 42, 7, List.of(), 70_001));
  }

  @Test
  void shouldRefuseEveryArchiveThatIsCutOffOrDamaged() throws IOException {
    byte[] good = archive(someState());
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      byte[] cut = Arrays.copyOf(good, random.nextInt(good.length - 8));
      assertThatThrownBy(() -> read(cut)).isInstanceOf(ArchiveException.class);
      byte[] bad = good.clone();
      // The header of gzip says nothing about the content.
      bad[10 + random.nextInt(bad.length - 10)] ^= (byte) (1 << random.nextInt(8));
      byte[] content;
      try {
        content = read(bad).state();
      } catch (ArchiveException e) {
        continue;
      }
      // Only what fills up blocks may differ without being noticed.
      assertThat(content).isEqualTo(someState());
    }
  }

  @Test
  void shouldSayWhatIsWrongAsConsulDoes() throws IOException {
    assertThatThrownBy(() -> read(new byte[0])).hasMessage("failed to decompress snapshot: EOF");
    assertThatThrownBy(() -> read("garbage".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("failed to decompress snapshot: unexpected EOF");
    assertThatThrownBy(() -> read("longer garbage than a header".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("failed to decompress snapshot: gzip: invalid header");
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write('x');
    }
    assertThatThrownBy(() -> read(packed.toByteArray()))
        .hasMessage("failed to read snapshot file: failed reading snapshot: unexpected EOF");
  }

  @Test
  void shouldBlameTheArchiveBeforeTheState() throws IOException {
    ProblemException refusal = new ProblemException(ProblemCode.INVALID_ARGUMENT, "not this one");
    ArchiveReader.StateConsumer<byte[]> refusing =
        (meta, state, bytes) -> {
          throw refusal;
        };
    byte[] good = archive(someState());
    assertThatThrownBy(() -> ArchiveReader.read(new ByteArrayInputStream(good), refusing))
        .isSameAs(refusal);
    byte[] cut = Arrays.copyOf(good, good.length / 2);
    assertThatThrownBy(() -> ArchiveReader.read(new ByteArrayInputStream(cut), refusing))
        .isInstanceOf(ArchiveException.class);
  }
}
