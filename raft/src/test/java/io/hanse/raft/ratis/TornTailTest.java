package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.RecordingSync;
import io.hanse.raft.TempFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** Segments are written by Ratis itself, so that its format is what is tested. */
class TornTailTest {
  private static final int SECTOR = 512;

  private final TempFolder folder = new TempFolder();

  private record Segment(Path groups, Path file, List<Integer> ends) {}

  @AfterTry
  void delete() throws IOException {
    folder.close();
  }

  private Segment write(Random random, int entries) throws IOException {
    Path groups = folder.create();
    Path current = Files.createDirectories(groups.resolve("group").resolve("current"));
    Path file = current.resolve("log_inprogress_0");
    List<Integer> ends = new ArrayList<>();
    // Kept open by Ratis and filled with zeros ahead; here only what stands in it matters.
    int position = 8;
    try (SegmentedRaftLogOutputStream out =
        new SegmentedRaftLogOutputStream(
            file.toFile(), false, 1 << 20, 1 << 16, ByteBuffer.allocateDirect(1 << 16))) {
      for (int i = 0; i < entries; i++) {
        byte[] content = new byte[1 + random.nextInt(5000)];
        random.nextBytes(content);
        LogEntryProto entry =
            LogEntryProto.newBuilder()
                .setTerm(1)
                .setIndex(i)
                .setStateMachineLogEntry(
                    StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(content)))
                .build();
        out.write(entry);
        position += entry.getSerializedSize() + varint(entry.getSerializedSize()) + 4;
        ends.add(position);
      }
      out.flush();
    }
    byte[] written = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(written, (position + (1 << 16)) / 4096 * 4096));
    return new Segment(groups, file, ends);
  }

  /**
   * Whether the log ends with the end of a sector, by chance: then a longer length of the last
   * entry looks like one whose other sectors are missing.
   */
  private static boolean endsWithASector(Segment segment) {
    return segment.ends.get(segment.ends.size() - 1) % SECTOR > SECTOR - 4
        || segment.ends.get(segment.ends.size() - 1) % SECTOR == 0;
  }

  private static int varint(int value) {
    return value < 128 ? 1 : value < 16384 ? 2 : 3;
  }

  @Property(tries = 60)
  void shouldCutAtTheFirstEntryWithASectorThatWasNeverWritten(@ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    Segment segment = write(random, 6);
    int begin = segment.ends.get(4);
    int end = segment.ends.get(5);
    byte[] bytes = Files.readAllBytes(segment.file);
    int first = (begin + SECTOR - 1) / SECTOR;
    int last = end / SECTOR;
    if (last <= first) {
      return;
    }
    int sector = first + random.nextInt(last - first);
    Arrays.fill(bytes, sector * SECTOR, (sector + 1) * SECTOR, (byte) 0);
    Files.write(segment.file, bytes);

    RecordingSync sync = new RecordingSync();
    TornTail.repair(segment.groups, sync.files());

    assertThat(Files.size(segment.file)).isEqualTo(begin);
    assertThat(Files.readAllBytes(segment.file)).isEqualTo(Arrays.copyOf(bytes, begin));
    assertThat(sync.forced).containsExactly("file log_inprogress_0");
  }

  @Property(tries = 60)
  void shouldLeaveSoundSegmentsAndOtherDamageAlone(@ForAll long seed, @ForAll boolean isDamaged)
      throws IOException {
    Random random = new Random(seed);
    Segment segment = write(random, 4);
    byte[] bytes = Files.readAllBytes(segment.file);
    if (isDamaged && !endsWithASector(segment)) {
      bytes[8 + random.nextInt(segment.ends.get(3) - 8)] ^= (byte) (1 << random.nextInt(8));
      Files.write(segment.file, bytes);
    }
    RecordingSync sync = new RecordingSync();
    TornTail.repair(segment.groups, sync.files());
    assertThat(Files.readAllBytes(segment.file)).isEqualTo(bytes);
    assertThat(sync.forced).isEmpty();
  }

  @Property(tries = 60)
  void shouldNotTakeAFlippedLengthForATornWrite(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Segment segment = write(random, 6);
    if (endsWithASector(segment)) {
      return;
    }
    int entry = random.nextInt(6);
    int begin = entry == 0 ? 8 : segment.ends.get(entry - 1);
    int size = segment.ends.get(entry) - begin;
    byte[] bytes = Files.readAllBytes(segment.file);
    bytes[begin + random.nextInt(varint(size - 6))] ^= (byte) (1 << random.nextInt(8));
    Files.write(segment.file, bytes);
    TornTail.repair(segment.groups, new RecordingSync().files());
    assertThat(Files.readAllBytes(segment.file)).isEqualTo(bytes);
  }

  @Property(tries = 30)
  void shouldCutWhereOnlyLaterSectorsOfAWriteArrived(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Segment segment = write(random, 6);
    int begin = segment.ends.get(4);
    int end = segment.ends.get(5);
    int boundary = (begin / SECTOR + 1) * SECTOR;
    if (end <= boundary) {
      return;
    }
    byte[] bytes = Files.readAllBytes(segment.file);
    Arrays.fill(bytes, begin, boundary, (byte) 0);
    Files.write(segment.file, bytes);
    TornTail.repair(segment.groups, new RecordingSync().files());
    assertThat(Files.size(segment.file)).isEqualTo(begin);
  }

  @Property(tries = 60)
  void shouldNameFileAndOffsetOfOtherDamage(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Segment segment = write(random, 4);
    assertThat(LogDamage.find(segment.groups)).isEmpty();
    byte[] bytes = Files.readAllBytes(segment.file);
    int at = 8 + random.nextInt(segment.ends.get(3) - 8);
    bytes[at] ^= 1;
    Files.write(segment.file, bytes);

    int begin = segment.ends.stream().filter(end -> end <= at).mapToInt(end -> end).max().orElse(8);
    assertThat(LogDamage.explained(segment.groups, new IOException("refused")))
        .hasMessageContaining(segment.file + " at offset " + begin)
        .hasMessageContaining("joins anew");
  }
}
