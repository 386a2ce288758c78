package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.kv;
import static io.hanse.fsm.row.WriteKv.Verb.SET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.AbandonRestore;
import io.hanse.fsm.row.AllocateSerial;
import io.hanse.fsm.row.BeginRestore;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.CompleteRestore;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.StageRestore;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.row.WriteServer;
import io.hanse.fsm.store.SnapshotFile;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Servers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** A snapshot comes back into a running cluster. */
class RestoreApplierTest {
  private static final int CHUNK_BYTES = 300;

  static byte[] snapshot(ClusterStateMachine machine) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (View view = machine.view()) {
      SnapshotFile.write(view, 1, Channels.newChannel(out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] packed(byte[] snapshot) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(snapshot);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** All commands of a restore, the parts in the order given by chance. */
  static List<Command.Builder> restore(String id, byte[] snapshot, Random random) {
    byte[] packed = packed(snapshot);
    List<Command.Builder> parts = new ArrayList<>();
    for (int from = 0; from < packed.length; from += CHUNK_BYTES) {
      int length = Math.min(CHUNK_BYTES, packed.length - from);
      parts.add(
          Command.newBuilder()
              .setStageRestore(
                  StageRestore.newBuilder()
                      .setId(id)
                      .setNumber(parts.size())
                      .setContent(ByteString.copyFrom(packed, from, length))));
    }
    Collections.shuffle(parts, random);
    parts.add(0, begin(id, snapshot.length, parts.size()));
    parts.add(complete(id));
    return parts;
  }

  private static Command.Builder begin(String id, long bytes, int chunks) {
    return Command.newBuilder()
        .setBeginRestore(
            BeginRestore.newBuilder().setId(id).setSnapshotBytes(bytes).setChunks(chunks));
  }

  private static Command.Builder complete(String id) {
    return Command.newBuilder()
        .setLevel(2)
        .setCompleteRestore(CompleteRestore.newBuilder().setId(id).setKeepsParts(true));
  }

  private static Command.Builder abandon(String id, long idleSince) {
    return Command.newBuilder()
        .setAbandonRestore(AbandonRestore.newBuilder().setId(id).setIdleSinceMillis(idleSince));
  }

  private static void restoreWhole(Replica replica, byte[] snapshot) {
    restore("r", snapshot, new Random(1)).forEach(replica::done);
  }

  private static Map<String, Long> indexes(ClusterStateMachine machine) {
    Map<String, Long> indexes = new LinkedHashMap<>();
    Questions.OF_ROWS.forEach(
        (name, question) -> {
          try (View view = machine.view()) {
            assertThat(question.apply(view)).isNotNull();
            indexes.put(name, view.readIndex());
          }
        });
    return indexes;
  }

  private static ClusterStateMachine empty() {
    return new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run));
  }

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void shouldBringBackAllRowsAndLetNoIndexGoBack(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands next = new RandomCommands(random);
    try (Replica replica = new Replica();
        ClusterStateMachine replayed = empty()) {
      replica.done(Commands.initialize());
      for (int i = 0; i < 40; i++) {
        replica.submit(next.next());
      }
      byte[] snapshot = snapshot(replica.machine);
      Map<String, Object> then = Questions.answers(replica.machine);
      for (int i = 0; i < 40; i++) {
        replica.submit(next.next());
      }
      Map<String, Long> before = indexes(replica.machine);
      AtomicInteger woken = new AtomicInteger();
      Questions.OF_ROWS.forEach(
          (name, question) -> {
            try (View view = replica.machine.view()) {
              assertThat(question.apply(view)).isNotNull();
              replica
                  .machine
                  .watches()
                  .watch(view.reads(), view.readIndex(), woken::incrementAndGet);
            }
          });

      List<Command.Builder> commands = restore("r", snapshot, random);
      commands.subList(0, commands.size() - 1).forEach(replica::done);
      byte[] midway = snapshot(replica.machine);
      int midwayAt = replica.log.size();
      assertThat(woken).hasValue(0);
      CommandResult restored = replica.done(commands.get(commands.size() - 1));

      assertThat(Questions.answers(replica.machine))
          .isEqualTo(Questions.restoredAt(restored.getIndex(), then));
      assertThat(woken).hasValue(Questions.OF_ROWS.size());
      indexes(replica.machine)
          .forEach(
              (name, index) ->
                  assertThat(index)
                      .as(name)
                      .isEqualTo(restored.getIndex())
                      .isGreaterThan(before.get(name)));
      assertThat(replica.now().size(TableId.RESTORE_CHUNKS)).isZero();
      assertThat(replica.now().size(TableId.RESTORES)).isZero();

      for (int i = 0; i < 20; i++) {
        replica.submit(next.next());
      }
      requireSameByReplay(replica, replayed);
      requireSameFrom(replica, midway, midwayAt);
    }
  }

  static void requireSameByReplay(Replica replica, ClusterStateMachine replayed) {
    for (int i = 0; i < replica.log.size(); i++) {
      replayed.apply(i + 1, replica.log.get(i));
    }
    assertThat(replayed.digest()).isEqualTo(replica.machine.digest());
    assertThat(replayed.publicIndex()).isEqualTo(replica.machine.publicIndex());
    assertThat(Questions.answers(replayed)).isEqualTo(Questions.answers(replica.machine));
    requireSameFrom(replica, snapshot(replica.machine), replica.log.size());
  }

  /** A server that starts from a snapshot; what it sums up, loading adds up anew. */
  private static void requireSameFrom(Replica replica, byte[] midway, int at) {
    try (ClusterStateMachine late = empty()) {
      Path file = Files.createTempFile("hanse", ".snapshot");
      Files.write(file, midway);
      late.loadSnapshot(file);
      Files.delete(file);
      for (int i = at; i < replica.log.size(); i++) {
        late.apply(i + 1, replica.log.get(i));
      }
      assertThat(late.digest()).isEqualTo(replica.machine.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldKeepModifyIndexesAndGiveOutNoneTwice() {
    try (Replica old = new Replica();
        Replica young = new Replica()) {
      for (int i = 0; i < 50; i++) {
        old.done(kv(SET, "k" + i % 3, "v" + i, 0));
      }
      long modified = new Kv(old.now()).get("k0").orElseThrow().getRaftIndex().getModifyIndex();
      restoreWhole(young, snapshot(old.machine));

      assertThat(new Kv(young.now()).get("k0").orElseThrow().getRaftIndex().getModifyIndex())
          .isEqualTo(modified);
      long next = young.done(kv(SET, "k0", "new", 0)).getIndex();
      assertThat(next).isGreaterThan(old.machine.publicIndex());
    }
  }

  @Test
  void shouldKeepTheServersTheirRunsAndWhatTheyWereAnswered() {
    try (Replica one = new Replica();
        Replica other = new Replica()) {
      one.done(server("of-the-archive"));
      byte[] snapshot = snapshot(one.machine);
      other.done(server("running"));
      other.done(
          Command.newBuilder()
              .setWriteQuota(WriteQuota.newBuilder().setRowsMax(1_000).setBytesMax(1 << 20)));
      long client = other.register();
      CommandResult first =
          other
              .apply(other.entry(900, kv(SET, "k", "v", 0)).toBuilder().setClient(client).build())
              .getResults(0);
      restoreWhole(other, snapshot);

      assertThat(new Servers(other.now()).all())
          .extracting(Server::getRaftId)
          .containsExactly("running");
      CommandResult again =
          other
              .apply(other.entry(900, kv(SET, "k", "v", 0)).toBuilder().setClient(client).build())
              .getResults(0);
      assertThat(again).isEqualTo(first);
      assertThat(new Kv(other.now()).get("k")).isEmpty();
      assertThat(other.now().size(TableId.QUOTA)).isEqualTo(1);
    }
  }

  private static Command.Builder server(String raftId) {
    return Command.newBuilder()
        .setWriteServer(WriteServer.newBuilder().setServer(Server.newBuilder().setRaftId(raftId)));
  }

  private static Command.Builder serials(int count) {
    return Command.newBuilder().setAllocateSerial(AllocateSerial.newBuilder().setCount(count));
  }

  @Test
  void shouldHandOutNoSerialNumberTwice() {
    try (Replica replica = new Replica()) {
      replica.done(serials(3));
      byte[] snapshot = snapshot(replica.machine);
      replica.done(serials(10));
      restoreWhole(replica, snapshot);

      ByteString first = replica.done(serials(1)).getPayload();
      assertThat(first.asReadOnlyByteBuffer().getLong()).isEqualTo(14);
    }
  }

  @Test
  void shouldRefuseDamageAndChangeNothing() {
    try (Replica replica = new Replica()) {
      for (int i = 0; i < 30; i++) {
        replica.done(kv(SET, "k" + i, "value", 0));
      }
      byte[] good = snapshot(replica.machine);
      Map<String, Object> before = Questions.answers(replica.machine);
      Random random = new Random(7);
      for (int i = 0; i < 100; i++) {
        byte[] bad = good.clone();
        bad[Long.BYTES + Integer.BYTES + random.nextInt(good.length - 12)] ^= 4;
        List<Command.Builder> commands = restore("r" + i, bad, random);
        Command.Builder last = commands.remove(commands.size() - 1);
        commands.forEach(replica::done);
        assertThat(replica.refusal(last)).contains("damaged");
        assertThat(Questions.answers(replica.machine)).isEqualTo(before);
        assertThat(replica.done(abandon("r" + i, 0)).getDone()).isTrue();
      }
      restoreWhole(replica, good);
      assertThat(Questions.answers(replica.machine)).isEqualTo(before);
    }
  }

  @Test
  void shouldStopAtALayoutThatItCannotKnow() {
    try (Replica replica = new Replica()) {
      byte[] newer = snapshot(replica.machine);
      ByteBuffer.wrap(newer).putInt(Long.BYTES, 99);
      CRC32C crc = new CRC32C();
      crc.update(newer, 0, newer.length - Long.BYTES);
      ByteBuffer.wrap(newer).putLong(newer.length - Long.BYTES, crc.getValue());

      assertThatThrownBy(() -> restoreWhole(replica, newer))
          .isInstanceOfSatisfying(
              ProblemException.class,
              problem -> assertThat(problem.code()).isEqualTo(ProblemCode.NEWER_FORMAT))
          .hasMessageContaining("layout 99");
    }
  }

  @Test
  void shouldTakeOneAtATimeAndGiveUpTheOneThatIsSilent() {
    try (Replica replica = new Replica()) {
      replica.done(begin("one", 100, 2));
      assertThat(replica.refusal(begin("two", 100, 2))).contains("another restore is under way");
      assertThat(replica.refusal(complete("one"))).contains("0 of the 2 parts");
      assertThat(replica.refusal(complete("two"))).contains("not under way");
      assertThat(replica.done(abandon("", Long.MAX_VALUE)).getDone()).isFalse();

      replica.timeMillis += 60_000;
      replica.done(begin("two", 100, 2));
      assertThat(replica.refusal(complete("one"))).contains("not under way");
      replica.timeMillis += 60_000;
      assertThat(replica.done(abandon("", Long.MAX_VALUE)).getDone()).isTrue();
      assertThat(replica.now().size(TableId.RESTORES)).isZero();
    }
  }

  @Test
  void shouldRefuseWhatIsOutOfBounds() {
    try (Replica replica = new Replica()) {
      assertThat(replica.refusal(begin("", 1, 1))).contains("needs an id");
      assertThat(replica.refusal(begin("r", 0, 1))).contains("at most");
      assertThat(replica.refusal(begin("r", 1, RestoreBounds.CHUNKS_MAX + 1))).contains("packed");
      replica.done(begin("r", 1, 1));
      StageRestore.Builder part = StageRestore.newBuilder().setId("r").setNumber(1);
      assertThat(replica.refusal(Command.newBuilder().setStageRestore(part)))
          .contains("none is of this number");
      assertThat(replica.refusal(Command.newBuilder().setStageRestore(part.setNumber(0))))
          .contains("1 to 524288 bytes");
    }
  }

  /** In words of our own: results are part of the state, and the JDK's differ by its version. */
  @Test
  void shouldRefuseWhatIsNotPacked() {
    try (Replica replica = new Replica()) {
      replica.done(begin("r", 10, 1));
      replica.done(
          Command.newBuilder()
              .setStageRestore(
                  StageRestore.newBuilder()
                      .setId("r")
                      .setContent(ByteString.copyFromUtf8("plain text"))));
      assertThat(replica.refusal(complete("r")))
          .isEqualTo("the snapshot to restore cannot be unpacked: it is damaged or cut short");
    }
  }

  @Test
  void shouldRefuseMoreThanTheQuotaAllows() {
    try (Replica large = new Replica();
        Replica small = new Replica()) {
      for (int i = 0; i < 20; i++) {
        large.done(kv(SET, "k" + i, "value", 0));
      }
      small.done(
          Command.newBuilder()
              .setWriteQuota(WriteQuota.newBuilder().setRowsMax(10).setBytesMax(1 << 20)));
      List<Command.Builder> commands = restore("r", snapshot(large.machine), new Random(1));
      Command.Builder last = commands.remove(commands.size() - 1);
      commands.forEach(small::done);

      CommandResult refused = small.submit(last);
      assertThat(Replica.problem(refused)).isEqualTo(ProblemCode.QUOTA_EXCEEDED);
      // The first row too many is refused, however many would follow.
      assertThat(refused.getMessage()).contains("11 of 10 rows");
      assertThat(new Kv(small.now()).keys("", "")).isEmpty();
    }
  }
}
