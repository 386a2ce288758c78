package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PackedValuesTest {
  private static final int BLOCK = 16 << 10;
  private static final long FIRST = 1_000;

  private static byte[] value(long id) {
    return ("value " + id + " ".repeat((int) (id % 300))).getBytes(StandardCharsets.UTF_8);
  }

  private static PackedValues filled(int count) {
    PackedValues packed = new PackedValues(FIRST, BLOCK, new PackedValues.Room(64 << 20));
    for (long id = FIRST; id < FIRST + 2L * count; id += 2) {
      assertThat(packed.put(id, value(id))).isTrue();
    }
    packed.seal();
    return packed;
  }

  @Test
  void shouldKeepWhatItIsGiven() {
    PackedValues packed = filled(5_000);
    for (long id = FIRST; id < FIRST + 10_000; id += 2) {
      assertThat(packed.get(id)).isEqualTo(value(id));
    }
    assertThat(packed.get(FIRST - 2)).isNull();
    assertThat(packed.get(FIRST + 10_000)).isNull();
    assertThat(packed.get(FIRST + 1_000_000_000_000L)).isNull();
  }

  @Test
  void shouldRefuseWhatIsLargeAndWhatFindsNoRoom() {
    PackedValues packed = new PackedValues(FIRST, BLOCK, new PackedValues.Room(2 * BLOCK));
    assertThat(packed.put(FIRST, new byte[BLOCK / 8])).isFalse();
    int kept = 0;
    for (long id = FIRST; packed.put(id, new byte[1_000]); id += 2) {
      kept++;
    }
    assertThat(kept).isEqualTo(2 * (BLOCK / 1_012));
    assertThat(packed.bytes()).isEqualTo(2 * BLOCK);
    assertThat(packed.remove(FIRST + 2L * kept)).as("is elsewhere").isFalse();
  }

  @Test
  void shouldShareItsRoomWithOthers() {
    PackedValues.Room room = new PackedValues.Room(2 * BLOCK);
    PackedValues one = new PackedValues(FIRST, BLOCK, room);
    PackedValues other = new PackedValues(FIRST, BLOCK, room);
    for (long id = FIRST; one.put(id, new byte[1_000]); id += 2) {
      assertThat(one.bytes()).isLessThanOrEqualTo(2 * BLOCK);
    }
    assertThat(other.put(FIRST, new byte[1])).isFalse();
    one.close();
    assertThat(one.get(FIRST)).isNull();
    assertThat(other.put(FIRST, new byte[1])).isTrue();
    assertThat(new PackedValues(FIRST, BLOCK, room).isDone())
        .as("before its first value")
        .isFalse();
  }

  @Test
  void shouldGiveBackItsMemoryAsValuesGo() {
    PackedValues packed = filled(5_000);
    long before = packed.bytes();
    Random random = new Random(3);
    List<Long> ids = new ArrayList<>();
    for (long id = FIRST; id < FIRST + 10_000; id += 2) {
      ids.add(id);
    }
    Collections.shuffle(ids, random);
    Map<Long, byte[]> moved = new TreeMap<>();
    for (long id : ids.subList(0, 4_500)) {
      assertThat(moved.remove(id) != null || packed.remove(id)).isTrue();
      assertThat(packed.get(id)).isNull();
      packed.moveAtMost(4, moved::put);
    }
    packed.moveAtMost(10_000, moved::put);
    assertThat(packed.bytes()).isLessThan(before / 3);
    for (long id : ids.subList(4_500, 5_000)) {
      byte[] inPlace = packed.get(id);
      assertThat(inPlace == null ? moved.get(id) : inPlace).isEqualTo(value(id));
      assertThat(inPlace == null || !moved.containsKey(id)).as("in one place").isTrue();
    }
    for (long id : ids.subList(4_500, 5_000)) {
      packed.remove(id);
    }
    packed.moveAtMost(10_000, moved::put);
    assertThat(packed.bytes()).isZero();
    assertThat(packed.isDone()).isTrue();
  }

  @Test
  void shouldBeReadWhileValuesMove() throws InterruptedException {
    PackedValues packed = filled(5_000);
    Map<Long, byte[]> moved = Collections.synchronizedMap(new TreeMap<>());
    long stays = FIRST + 4_000;
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicReference<byte[]> wrong = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              while (!isOver.get()) {
                byte[] here = packed.get(stays);
                byte[] found = here == null ? moved.get(stays) : here;
                if (found == null || !Arrays.equals(found, value(stays))) {
                  wrong.set(found == null ? new byte[0] : found);
                }
              }
            });
    reader.start();
    for (long id = FIRST; id < FIRST + 10_000; id += 2) {
      if (id != stays) {
        packed.remove(id);
        packed.moveAtMost(1, moved::put);
      }
    }
    packed.moveAtMost(1_000, moved::put);
    isOver.set(true);
    reader.join();
    assertThat(wrong.get()).isNull();
    assertThat(moved).containsOnlyKeys(stays);
  }
}
