package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RaftIndex;
import io.hanse.fsm.row.ServiceInstance;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

class StampedBytesTest {
  /** Rows in which fields stand before the indexes, behind them, both, and neither. */
  private static Message.Builder row(int kind, String before, String behind) {
    return switch (kind) {
      case 0 -> Node.newBuilder().setNode(before).setPeerName(behind).putMeta("k", before);
      case 1 -> HealthCheck.newBuilder().setNode(before).setPeerName(behind).setOutput(before);
      default ->
          ServiceInstance.newBuilder()
              .setNode(before)
              .setService(NodeService.newBuilder().setId(behind).addTags(before));
    };
  }

  private static int fieldOf(Message.Builder row) {
    return row.getDescriptorForType().findFieldByName("raft_index").getNumber();
  }

  private static byte[] bytes(Message.Builder row, long createIndex, long modifyIndex) {
    return row.setField(
            row.getDescriptorForType().findFieldByName("raft_index"),
            RaftIndex.newBuilder().setCreateIndex(createIndex).setModifyIndex(modifyIndex).build())
        .build()
        .toByteArray();
  }

  @Property(tries = 300)
  void givesTheBytesThatTheRowWithOtherIndexesHas(
      @ForAll int anyKind,
      @ForAll @StringLength(max = 4) @AlphaChars String before,
      @ForAll @StringLength(max = 4) @AlphaChars String behind,
      @ForAll boolean hadIndexes,
      @ForAll @LongRange(min = 0) long createIndex,
      @ForAll @LongRange(min = 0) long modifyIndex) {
    Message.Builder row = row(Math.floorMod(anyKind, 3), before, behind);
    int field = fieldOf(row);
    byte[] given = hadIndexes ? bytes(row.clone(), 7, 300) : row.clone().build().toByteArray();

    byte[] stamped = StampedBytes.of(given, field).with(createIndex, modifyIndex);

    assertThat(stamped).isEqualTo(bytes(row, createIndex, modifyIndex));
    assertThat(StampedBytes.of(stamped, field).createIndex()).isEqualTo(createIndex);
  }

  @Property(tries = 300)
  void rowsAreTheSameWhereAllButTheIndexesIs(
      @ForAll int anyKind,
      @ForAll @StringLength(max = 1) @AlphaChars String before,
      @ForAll @StringLength(max = 1) @AlphaChars String behind,
      @ForAll @StringLength(max = 1) @AlphaChars String otherBefore,
      @ForAll @StringLength(max = 1) @AlphaChars String otherBehind,
      @ForAll @LongRange(min = 0) long index) {
    int kind = Math.floorMod(anyKind, 3);
    Message.Builder one = row(kind, before, behind);
    Message.Builder other = row(kind, otherBefore, otherBehind);
    int field = fieldOf(one);
    boolean areSame = one.clone().build().equals(other.clone().build());

    StampedBytes ofOne = StampedBytes.of(one.clone().build().toByteArray(), field);
    StampedBytes ofOther = StampedBytes.of(bytes(other, 1, index), field);

    assertThat(ofOne.isSameButForIndexes(ofOther)).isEqualTo(areSame);
    assertThat(ofOther.isSameButForIndexes(ofOne)).isEqualTo(areSame);
  }
}
