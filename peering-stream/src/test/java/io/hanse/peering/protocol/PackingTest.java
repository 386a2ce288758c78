package io.hanse.peering.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.Extended;
import io.hanse.peering.proto.Held;
import io.hanse.peering.proto.Receipt;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What services take on the way to an importer that has none of them. */
class PackingTest {
  private static final int SERVICES = 1_000;
  private static final int INSTANCES = 3;

  private final StreamProbe exporter = StreamProbe.acceptor();
  private final List<ReplicationMessage> sent = new ArrayList<>();
  private int answered;

  /** As catalogs are, with an id for each node and a check for each instance. */
  private static ExportedService service(String name) {
    ExportedService.Builder service = ExportedService.newBuilder();
    for (int i = 0; i < INSTANCES; i++) {
      String node = "node-" + Math.floorMod(name.hashCode() + i, 200);
      String id = name + "-" + i;
      service.addNodes(
          CheckServiceNode.newBuilder()
              .setNode(
                  Node.newBuilder()
                      .setId(UUID.nameUUIDFromBytes(node.getBytes(UTF_8)).toString())
                      .setNode(node)
                      .setAddress("10.0.0." + i)
                      .setDatacenter("dc1"))
              .setService(
                  NodeService.newBuilder()
                      .setId(id)
                      .setService(name)
                      .addTags("v1")
                      .setAddress("10.0.0." + i)
                      .setPort(8_000 + i)
                      .putMeta("version", "1.2.3"))
              .addChecks(
                  HealthCheck.newBuilder()
                      .setNode(node)
                      .setCheckId(id + ":overall-check")
                      .setName("overall-check")
                      .setStatus("passing")
                      .setServiceId(id)
                      .setServiceName(name)));
    }
    return service.build();
  }

  private void give(Input input) {
    sent.addAll(exporter.on(input).sent());
  }

  /** The importer has stored the oldest message that it has not answered yet. */
  private void answerOne() {
    long number = sent.get(answered++).getExtended().getChanges().getNumber();
    give(receive(Extended.newBuilder().setReceipt(Receipt.newBuilder().setNumber(number))));
  }

  private static Input receive(Extended.Builder message) {
    return new Input.MessageReceived(ReplicationMessage.newBuilder().setExtended(message).build());
  }

  @Test
  void shouldSendTheFirstOfAllServicesInAFractionOfTheirBytes() {
    TreeMap<String, ExportedService> services = new TreeMap<>();
    for (int i = 0; i < SERVICES; i++) {
      services.put("service-" + i, service("service-" + i));
    }
    give(new Input.ChangesAgreed());
    give(new Input.ExportedNames(new TreeSet<>(services.keySet())));
    give(receive(Extended.newBuilder().setHeld(Held.getDefaultInstance())));
    sent.clear();
    services.forEach(
        (name, content) -> {
          while (!exporter.protocol.hasRoomForServices()) {
            answerOne();
          }
          give(new Input.ServiceOffered(StreamProbe.content(name, content, 7)));
        });
    while (answered < sent.size()) {
      answerOne();
    }

    assertThat(exporter.protocol.status().getUnacked()).isZero();
    int plain = services.values().stream().mapToInt(ExportedService::getSerializedSize).sum();
    int packed = sent.stream().mapToInt(ReplicationMessage::getSerializedSize).sum();
    assertThat(packed).isGreaterThan(SERVICES).isLessThan(plain / 4);
  }
}
