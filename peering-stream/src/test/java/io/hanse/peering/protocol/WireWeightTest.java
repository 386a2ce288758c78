package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireWeightTest {
  private static final Descriptor MESSAGE = ReplicationMessage.getDescriptor();

  /** A field of bytes. */
  private static ByteString field(int number, ByteString content) {
    ByteString.Output out = ByteString.newOutput();
    varint(out, (number << 3) | 2);
    varint(out, content.size());
    return out.toByteString().concat(content);
  }

  private static void varint(ByteString.Output out, int value) {
    int rest = value;
    while (rest > 0x7f) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  /** Many times an empty field of a number below 16. */
  private static ByteString empties(int number, int count) {
    byte[] bytes = new byte[2 * count];
    for (int i = 0; i < count; i++) {
      bytes[2 * i] = (byte) ((number << 3) | 2);
    }
    return ByteString.copyFrom(bytes);
  }

  @Test
  void shouldRefuseMillionsOfEmptyMessages() {
    // A request with an error of many details, a set of many changes, digests of many groups.
    ByteString details = field(2, field(5, empties(3, 4_000_000)));
    ByteString changes = field(100, field(4, field(2, empties(1, 4_000_000))));
    ByteString groups = field(100, field(1, empties(1, 4_000_000)));
    assertThat(WireWeight.isTooMuch(MESSAGE, details)).isTrue();
    assertThat(WireWeight.isTooMuch(MESSAGE, changes)).isTrue();
    assertThat(WireWeight.isTooMuch(MESSAGE, groups)).isTrue();
    assertThat(WireWeight.isTooMuch(ExportedService.getDescriptor(), empties(1, 4_000_000)))
        .isTrue();
  }

  @Test
  void shouldRefuseMillionsOfUnknownFields() {
    assertThat(WireWeight.isTooMuch(MESSAGE, field(1, empties(15, 4_000_000)))).isTrue();
  }

  private static ByteString times(int count, int... bytes) {
    byte[] all = new byte[count * bytes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) bytes[i % bytes.length];
    }
    return ByteString.copyFrom(all);
  }

  @Test
  void shouldRefuseGroupsOfKnownAndUnknownNumbers() {
    ByteString known = field(2, times(2_000_000, 0x0b, 0x08, 0x01, 0x0c));
    assertThat(WireWeight.isTooMuch(MESSAGE, known)).isTrue();
    ByteString within =
        times(1, 0x7b).concat(times(2_000_000, 0x0b, 0x08, 0x01, 0x0c)).concat(times(1, 0x7c));
    assertThat(WireWeight.isTooMuch(MESSAGE, field(2, within))).isTrue();
  }

  @Test
  void shouldRefuseMillionsOfFieldsOfAnotherTypeThanTheirs() {
    // A code of an error as text, and texts as numbers.
    ByteString code = field(2, field(5, times(3_000_000, 0x0a, 0x01, 0x41)));
    assertThat(WireWeight.isTooMuch(MESSAGE, code)).isTrue();
    ByteString texts = field(2, times(4_000_000, 0x08, 0x01));
    assertThat(WireWeight.isTooMuch(MESSAGE, texts)).isTrue();
  }

  @Test
  void shouldTakeASmallMessageOfEmptyOnes() {
    ByteString details = field(2, field(5, empties(3, 10_000)));
    assertThat(WireWeight.isTooMuch(MESSAGE, details)).isFalse();
  }

  @Test
  void shouldTakeManyShortNames() {
    ExportedServiceList.Builder list = ExportedServiceList.newBuilder();
    for (int i = 0; i < 500_000; i++) {
      list.addServices("s" + i);
    }
    assertThat(
            WireWeight.isTooMuch(ExportedServiceList.getDescriptor(), list.build().toByteString()))
        .isFalse();
  }

  @Test
  void shouldTakeAServiceOfManyInstances() {
    ExportedService.Builder service = ExportedService.newBuilder();
    for (int i = 0; i < 130_000; i++) {
      service.addNodes(
          CheckServiceNode.newBuilder()
              .setNode(Node.newBuilder().setNode("n" + i).setAddress("10.0.0.1"))
              .setService(NodeService.newBuilder().setId("s" + i).setService("s").setPort(80))
              .addChecks(
                  HealthCheck.newBuilder().setNode("n" + i).setCheckId("c").setStatus("passing")));
    }
    ByteString bytes = service.build().toByteString();
    assertThat(bytes.size()).as("about what a service may have").isBetween(7 << 20, 9 << 20);
    assertThat(WireWeight.isTooMuch(ExportedService.getDescriptor(), bytes)).isFalse();
  }

  @Test
  void shouldLeaveRoomAboveWhatClustersSend() throws Exception {
    int services = 0;
    for (List<String> line : RecordedEvents.lines("golden-messages.tsv")) {
      ByteString recorded = ByteString.copyFrom(Base64.getDecoder().decode(line.get(2)));
      Any resource = ReplicationMessage.parseFrom(recorded).getResponse().getResource();
      if (resource.is(ExportedService.class) && !resource.getValue().isEmpty()) {
        services++;
        long weight = WireWeight.of(ExportedService.getDescriptor(), resource.getValue());
        assertThat(weight).isLessThan(10L * resource.getValue().size());
      }
    }
    assertThat(services).isPositive();
  }

  @Test
  void shouldLeaveMalformedBytesToTheParser() {
    ByteString damaged = ByteString.copyFrom(new byte[] {0x12, 0x7f, 0x01});
    assertThat(WireWeight.isTooMuch(MESSAGE, damaged)).isFalse();
  }
}
