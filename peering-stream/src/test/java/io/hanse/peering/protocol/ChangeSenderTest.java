package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.peering.proto.ChangeRefusal;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** An exporter whose importer is the test. */
class ChangeSenderTest {
  private static final int BYTES_MAX = 1_000;

  private final List<String> asked = new ArrayList<>();
  private final List<String> tooLarge = new ArrayList<>();
  private final ChangeSender sender = new ChangeSender(new Noted(), BYTES_MAX);
  private long now = 1_000_000;
  private final List<String> settled = new ArrayList<>();
  private long number;

  /** Only what a test wants to know is noted. */
  private final class Noted implements ChangeSender.Sink {
    @Override
    public void ask(String name) {
      asked.add(name);
    }

    @Override
    public void askInOrder(List<String> names) {}

    @Override
    public void askHeld(int group) {}

    @Override
    public void tooLarge(String name, int bytes) {
      tooLarge.add(name + " " + bytes);
    }

    @Override
    public void refusedByPeer(String name, String reason) {}

    @Override
    public void settled(String name) {
      settled.add(name);
    }

    @Override
    public void confirmed(String name, long exporterIndex, long importerIndex, boolean gone) {}
  }

  private void export(String... names) {
    sender.namesAre(new TreeSet<>(List.of(names)));
    sender.heldIs(Map.of());
  }

  private static ServiceContent content(int instances, int port) {
    ExportedService.Builder service = ExportedService.newBuilder();
    for (int i = 0; i < instances; i++) {
      service.addNodes(
          CheckServiceNode.newBuilder()
              .setNode(Node.newBuilder().setNode("n" + i))
              .setService(
                  NodeService.newBuilder()
                      .setId("web")
                      .setService("web")
                      .setPort(port)
                      .putMeta("m", "x".repeat(200))));
    }
    return StreamProbe.content("web", service.build(), 7);
  }

  private static ServiceContent one(String service, String node, long version) {
    CheckServiceNode row =
        CheckServiceNode.newBuilder()
            .setNode(Node.newBuilder().setNode(node))
            .setService(NodeService.newBuilder().setId("x").setService(service))
            .build();
    ExportedService content = ExportedService.newBuilder().addNodes(row).build();
    return StreamProbe.content(service, content, version);
  }

  /** Meanwhile another service may have taken its row at the importer. */
  @Test
  void shouldSendWhatWasChangedAndChangedBack() {
    export("web");
    sender.offer(one("web", "n1", 5));
    assertThat(next()).hasSize(1);
    confirm();
    sender.offer(one("web", "n1", 5));
    assertThat(next()).isEmpty();

    sender.offer(one("web", "n1", 9));
    assertThat(next()).hasSize(1);
  }

  /** They may share rows, and the last one stored stays. */
  @Test
  void shouldSendInTheOrderOfReading() {
    export("api", "web");
    sender.offer(one("web", "n1", 5));
    sender.offer(one("api", "n1", 6));
    sender.offer(one("web", "n1", 7));

    assertThat(next()).extracting(ImportChange::getService).containsExactly("api", "web");
  }

  @Test
  void shouldNotRemoveAnInstanceWhoseNodeOnlyChangesItsCase() {
    CheckServiceNode other = content(1, 80).service().getNodes(0);
    ExportedService before =
        ExportedService.newBuilder().addNodes(other).addAllNodes(rows("web", "node")).build();
    ExportedService after =
        ExportedService.newBuilder().addNodes(other).addAllNodes(rows("web", "Node")).build();
    export("web");
    sender.offer(StreamProbe.content("web", before, 7));
    next();
    confirm();

    sender.offer(StreamProbe.content("web", after, 7));
    ImportChange change = next().get(0);
    assertThat(change.getInstancesList()).containsExactlyElementsOf(rows("web", "Node"));
    assertThat(change.getRemovedList()).isEmpty();
  }

  private static List<CheckServiceNode> rows(String service, String node) {
    return one(service, node, 7).service().getNodesList();
  }

  private List<ImportChange> next() {
    return sender.next(++number, now);
  }

  private List<ImportChange> offered(int instances, int port) {
    sender.offer(content(instances, port));
    return next();
  }

  private void confirm() {
    sender.receive(Receipt.newBuilder().setNumber(number).setIndex(9).build());
  }

  private void answerMisfit() {
    sender.receive(Receipt.newBuilder().setNumber(number).addMisfits(0).build());
  }

  private void refuse() {
    sender.receive(
        Receipt.newBuilder()
            .setNumber(number)
            .addRefusals(ChangeRefusal.newBuilder().setReason("no"))
            .build());
  }

  @Test
  void shouldForgetARefusalOnceTheServiceIsAsItWasBefore() {
    export("web");
    offered(1, 80);
    confirm();
    offered(1, 81);
    refuse();
    assertThat(offered(1, 81)).as("it would be refused again").isEmpty();
    assertThat(settled).isEmpty();

    assertThat(offered(1, 80)).isEmpty();
    assertThat(settled).containsExactly("web");
    assertThat(offered(1, 81)).as("by now it may be taken").hasSize(1);
  }

  @Test
  void shouldTellWhoRefusedAServiceThatItIsExportedNoMore() {
    export("web");
    offered(1, 80);
    refuse();
    sender.namesAre(new TreeSet<>());
    assertThat(next()).singleElement().matches(ImportChange::getGone);
  }

  /** What came by differences would else be gone after the next break. */
  @Test
  void shouldMeasureTheContentOfAServiceAndNotTheDifference() {
    export("web");
    for (int i = 1; i <= 4; i++) {
      assertThat(offered(i, 80)).hasSize(1);
      confirm();
    }
    assertThat(offered(5, 80)).isEmpty();
    assertThat(tooLarge).hasSize(1).allMatch(text -> text.startsWith("web 1"));
    assertThat(sender.unsent()).as("what the importer has is not current").containsExactly("web");

    assertThat(offered(3, 80).get(0).getRemovedList()).hasSize(1);
    assertThat(sender.unsent()).isEmpty();
  }

  /** The sender asks: it is given the content, as long as there are questions. */
  private List<ImportChange> answered() {
    List<ImportChange> sent = next();
    if (!asked.isEmpty()) {
      asked.clear();
      sent = offered(1, 80);
    }
    return sent;
  }

  @Test
  void shouldSendLessAndLessOftenWhatNeverFits() {
    export("web");
    assertThat(offered(1, 80)).hasSize(1);
    answerMisfit();
    assertThat(answered()).as("what got lost is mended at once").hasSize(1);
    answerMisfit();

    int sent = 0;
    for (int i = 0; i < 600; i++) {
      now += 1_000;
      offered(1, 90 + i);
      if (!answered().isEmpty()) {
        sent++;
        answerMisfit();
      }
    }
    assertThat(sent).isBetween(10, 20);
    assertThat(sender.isDeliveredUpTo(sender.offers())).isFalse();

    now += 64_000;
    assertThat(answered()).hasSize(1);
    confirm();
    assertThat(sender.isDeliveredUpTo(sender.offers())).isTrue();
    assertThat(offered(1, 81)).as("all is well again").hasSize(1);
  }

  @Test
  void shouldForgetLessAndLessOftenWhatIsNeverForgotten() {
    export("web");
    offered(1, 80);
    confirm();
    sender.namesAre(new TreeSet<>());
    int sent = 0;
    for (int i = 0; i < 600; i++) {
      now += 1_000;
      if (!next().isEmpty()) {
        sent++;
        answerMisfit();
      }
    }
    assertThat(sent).isBetween(10, 20);
  }
}
