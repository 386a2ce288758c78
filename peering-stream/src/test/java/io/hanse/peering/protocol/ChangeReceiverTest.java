package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.ImportChange;
import io.hanse.peering.proto.ChangeSet;
import io.hanse.peering.proto.Changes;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.Receipt;
import io.hanse.peering.protocol.Packing.MalformedChanges;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A peer that names services without end: no instance of them, and so no quota, stops it. */
class ChangeReceiverTest {
  private static final ByteString MARK = ByteString.copyFromUtf8("mark");
  private static final int NAME_LENGTH = PeerTexts.NAME_MAX;
  private static final int MESSAGE_NAMES = 4_096;
  private static final int NAMES_MAX =
      (int) (ChangeReceiver.NAMES_BYTES_MAX / (NAME_LENGTH + ChangeReceiver.NAME_BYTES));

  private final ChangeReceiver receiver =
      new ChangeReceiver(new StatusRecorder(PeerStreamStatus.getDefaultInstance()), 8 << 20);
  private long number;
  private long refused;

  private static String name(int i) {
    String digits = String.valueOf(i);
    return "n".repeat(NAME_LENGTH - digits.length()) + digits;
  }

  private static ImportChange change(int i) {
    return ImportChange.newBuilder().setService(name(i)).setMark(MARK).build();
  }

  private static ImportChange gone(int i) {
    return ImportChange.newBuilder().setService(name(i)).setGone(true).build();
  }

  private Receipt exchange(Iterable<ImportChange> changes) throws MalformedChanges {
    Effect.ImportChanges received =
        receiver.receive(
            Changes.newBuilder()
                .setNumber(++number)
                .setPlain(ChangeSet.newBuilder().addAllChanges(changes))
                .build());
    refused += received.refusals().size();
    return receiver.stored(
        0, new Input.ChangesStored(received.number(), 7, received.refusals(), Set.of()));
  }

  private void fill(int count) throws MalformedChanges {
    for (int from = 0; from < count; from += MESSAGE_NAMES) {
      int to = Math.min(count, from + MESSAGE_NAMES);
      exchange(IntStream.range(from, to).mapToObj(ChangeReceiverTest::change).toList());
    }
  }

  @Test
  void shouldRefuseNamesBeyondWhatTheyMayTakeAndGoOnWithThoseThatAreHeld() throws Exception {
    fill(NAMES_MAX + 3);
    assertThat(refused).isEqualTo(3);
    Receipt receipt = exchange(List.of(change(NAMES_MAX + 3), change(0)));
    assertThat(receipt.getRefusalsList())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.getPosition()).isZero();
              assertThat(one.getReason()).contains("names of the services of a peer");
            });
  }

  @Test
  void shouldTakeANewNameInPlaceOfOneThatIsGone() throws Exception {
    fill(NAMES_MAX);
    assertThat(refused).isZero();
    exchange(List.of(gone(5)));
    assertThat(exchange(List.of(change(NAMES_MAX))).getRefusalsList()).isEmpty();
    assertThat(exchange(List.of(change(5))).getRefusalsList()).hasSize(1);
  }

  /** Of an earlier stream, or a version that took more. */
  @Test
  void shouldCountWhatIsHeldFromBefore() throws Exception {
    TreeMap<String, ByteString> marks = new TreeMap<>();
    IntStream.range(0, NAMES_MAX).forEach(i -> marks.put(name(i), MARK));
    receiver.holding(marks);
    assertThat(exchange(List.of(change(NAMES_MAX), change(1))).getRefusalsList()).hasSize(1);
  }
}
