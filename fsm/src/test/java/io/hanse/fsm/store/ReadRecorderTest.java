package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.store.ReadSet.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ReadRecorderTest {
  @Property(tries = 200)
  void shouldCoverWhatWasReadAndNothingElse(@ForAll long seed) {
    Random random = new Random(seed);
    ReadRecorder recorder = new ReadRecorder();
    List<Read> all = new ArrayList<>();
    for (int i = random.nextInt(40); i > 0; i--) {
      Read read = new Read(TableId.KV, Key.EMPTY.thenPrefix(text(random)), random.nextBoolean());
      all.add(read);
      if (read.isPrefix()) {
        recorder.prefix(read.table(), read.key());
      } else {
        recorder.key(read.table(), read.key());
      }
    }
    List<Read> noted = List.copyOf(recorder.reads());
    for (int i = 0; i < 100; i++) {
      Key key = Key.EMPTY.thenPrefix(text(random));
      assertThat(noted.stream().anyMatch(read -> matches(read, key)))
          .as(key.toString())
          .isEqualTo(all.stream().anyMatch(read -> matches(read, key)));
    }
    for (Read one : noted) {
      assertThat(noted.stream().filter(other -> matches(other, one.key()))).hasSize(1);
    }
  }

  @Test
  void shouldTakeATableAsReadWhenTooManyOfItsKeysAre() {
    ReadRecorder recorder = new ReadRecorder();
    for (int i = 0; i < 10_000; i++) {
      recorder.key(TableId.KV, Key.EMPTY.then(i));
    }
    assertThat(recorder.reads()).containsExactly(new Read(TableId.KV, Key.EMPTY, true));
  }

  private static boolean matches(Read read, Key key) {
    return read.isPrefix() ? key.startsWith(read.key()) : key.equals(read.key());
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append((char) ('a' + random.nextInt(3)));
    }
    return text.toString();
  }
}
