package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ChangeSet;
import io.hanse.peering.proto.Changes;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.Extended;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Packing.MalformedChanges;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An exporter and an importer, whose messages are carried by the test. */
class ChangeExchangeTest {
  private final Map<String, ExportedService> exported = new TreeMap<>();

  /** What the importer has stored, with its marks. */
  private final Map<String, Map<String, CheckServiceNode>> stored = new TreeMap<>();

  private final TreeMap<String, ByteString> marks = new TreeMap<>();
  private final List<ReplicationMessage> passed = new ArrayList<>();
  private StreamProbe exporter = StreamProbe.acceptor();
  private StreamProbe importer = StreamProbe.dialer();
  private Set<String> refused = Set.of();

  /** The exporter was told by an earlier stream what its contents are. */
  private boolean marksAreKept;

  /** What the importer was given to store, where the test decides when it has. */
  private @Nullable Deque<Effect.ImportChanges> inWork;

  private static CheckServiceNode instance(String service, int number, int port) {
    String id = service + "-" + number;
    String node = "node-" + number;
    return CheckServiceNode.newBuilder()
        .setNode(
            Node.newBuilder()
                .setId("8f0a1111-2222-3333-4444-5555666677" + (10 + number))
                .setNode(node)
                .setAddress("10.0.0." + number)
                .setDatacenter("dc1"))
        .setService(
            NodeService.newBuilder()
                .setId(id)
                .setService(service)
                .addTags("v1")
                .setAddress("10.0.0.1")
                .setPort(port)
                .putMeta("version", "1.2.3"))
        .addChecks(
            HealthCheck.newBuilder()
                .setNode(node)
                .setCheckId(id + ":overall-check")
                .setName("overall-check")
                .setStatus("passing")
                .setServiceId(id)
                .setServiceName(service))
        .build();
  }

  private static ExportedService service(String name, int instances, int port) {
    ExportedService.Builder service = ExportedService.newBuilder();
    for (int i = 0; i < instances; i++) {
      service.addNodes(instance(name, i, port));
    }
    return service.build();
  }

  private void connect() {
    exporter = StreamProbe.acceptor();
    importer = StreamProbe.dialer();
    passed.clear();
    give(exporter, new Input.ChangesAgreed());
    give(exporter, new Input.ExportedNames(new TreeSet<>(exported.keySet())));
    give(importer, new Input.ChangesAgreed());
  }

  private void export(String name, ExportedService content) {
    exported.put(name, content);
    give(exporter, new Input.ServiceOffered(StreamProbe.content(name, content, 7)));
  }

  /** Gives an input, and does all that follows from it at both ends. */
  private void give(StreamProbe probe, Input input) {
    perform(probe, probe.on(input).effects);
  }

  private void perform(StreamProbe probe, List<Effect> effects) {
    for (Effect effect : effects) {
      StreamProbe other = probe == exporter ? importer : exporter;
      if (effect instanceof Effect.Send send && send.message().hasExtended()) {
        passed.add(send.message());
        give(other, new Input.MessageReceived(send.message()));
      } else if (effect instanceof Effect.ReadHeld) {
        give(probe, new Input.HeldRead(probe == importer ? marks : new TreeMap<>()));
        if (probe == importer) {
          // Now there is room for contents: each is given once.
          exported.forEach((name, content) -> give(exporter, offered(name, content)));
        }
      } else if (effect instanceof Effect.Ask ask && exported.containsKey(ask.name())) {
        export(ask.name(), exported.get(ask.name()));
      } else if (effect instanceof Effect.ImportChanges changes && inWork != null) {
        inWork.add(changes);
      } else if (effect instanceof Effect.ImportChanges changes) {
        store(changes);
      }
    }
  }

  private Input offered(String name, ExportedService content) {
    return marksAreKept
        ? new Input.ServiceUnchanged(name, StreamProbe.content(name, content, 7).marks())
        : new Input.ServiceOffered(StreamProbe.content(name, content, 7));
  }

  private void store(Effect.ImportChanges changes) {
    Map<Integer, String> refusals = new TreeMap<>();
    Set<Integer> misfits = new TreeSet<>();
    for (int i = 0; i < changes.changes().size(); i++) {
      ImportChange change = changes.changes().get(i);
      String name = change.getService();
      ByteString mark = marks.getOrDefault(name, ByteString.EMPTY);
      if (refused.contains(name)) {
        refusals.put(i, "no");
      } else if (!change.getBase().isEmpty() && !change.getBase().equals(mark)) {
        misfits.add(i);
      } else {
        apply(change);
      }
    }
    give(importer, new Input.ChangesStored(changes.number(), 9, refusals, misfits));
  }

  private void apply(ImportChange change) {
    Map<String, CheckServiceNode> rows =
        stored.computeIfAbsent(change.getService(), name -> new TreeMap<>());
    if (change.getBase().isEmpty()) {
      rows.clear();
    }
    change.getInstancesList().forEach(row -> rows.put(row.getService().getId(), row));
    change.getRemovedList().forEach(gone -> rows.remove(gone.getServiceId()));
    marks.put(change.getService(), change.getMark());
    if (change.getGone()) {
      marks.remove(change.getService());
      stored.remove(change.getService());
    }
  }

  private void expectConverged() {
    assertThat(stored.keySet()).isEqualTo(exported.keySet());
    exported.forEach(
        (name, content) ->
            assertThat(stored.get(name).values())
                .containsExactlyInAnyOrderElementsOf(content.getNodesList()));
    assertThat(exporter.protocol.status().getUnacked()).isZero();
  }

  private int bytesPassed() {
    return passed.stream().mapToInt(ReplicationMessage::getSerializedSize).sum();
  }

  @Test
  void shouldSendOnlyTheInstanceThatChanged() {
    exported.put("web", service("web", 10, 80));
    connect();
    expectConverged();
    passed.clear();

    export("web", exported.get("web").toBuilder().setNodes(3, instance("web", 3, 81)).build());
    expectConverged();
    assertThat(bytesPassed()).isLessThan(450);
  }

  @Test
  void shouldSendNothingAfterABreakWithoutChange() {
    for (int i = 0; i < 1_000; i++) {
      exported.put("svc-" + i, service("svc-" + i, 3, 80));
    }
    connect();
    expectConverged();

    connect();
    expectConverged();
    assertThat(passed).allMatch(message -> message.getExtended().hasHeld());
    assertThat(bytesPassed()).isLessThan(3_000);
  }

  @Test
  void shouldCompareByMarksOfAnEarlierStreamAndReadOnlyWhatIsToBeSent() throws Exception {
    for (int i = 0; i < 200; i++) {
      exported.put("svc-" + i, service("svc-" + i, 3, 80));
    }
    connect();
    marksAreKept = true;
    connect();
    expectConverged();
    assertThat(passed).allMatch(message -> message.getExtended().hasHeld());

    marks.remove("svc-7");
    stored.remove("svc-7");
    connect();
    expectConverged();
    assertThat(sentNames()).containsExactly("svc-7");

    marks.clear();
    stored.clear();
    connect();
    expectConverged();
    assertThat(sentNames()).hasSize(200);
  }

  @Test
  void shouldShowAServiceOnceWhoseNameChangesItsCase() {
    exported.put("web", service("web", 2, 80));
    connect();
    give(exporter, new Input.ExportedNames(new TreeSet<>(Set.of("Web"))));
    export("Web", service("Web", 2, 80));
    assertThat(importer.protocol.status().getImportedServicesList()).containsExactly("Web");

    give(exporter, new Input.ExportedNames(new TreeSet<>()));
    assertThat(importer.protocol.status().getImportedServicesList()).isEmpty();
  }

  private List<String> sentNames() throws MalformedChanges {
    List<String> names = new ArrayList<>();
    for (ReplicationMessage message : passed) {
      if (message.getExtended().hasChanges()) {
        ChangeSet sent = Packing.unpack(message.getExtended().getChanges(), 1 << 20);
        sent.getChangesList().forEach(change -> names.add(change.getService()));
      }
    }
    return names;
  }

  @Test
  void shouldSendAfterABreakWhatChangedMeanwhile() throws Exception {
    for (int i = 0; i < 200; i++) {
      exported.put("svc-" + i, service("svc-" + i, 3, 80));
    }
    connect();
    exported.put("svc-7", service("svc-7", 3, 81));
    exported.put("new", service("new", 1, 80));
    exported.remove("svc-9");

    connect();
    expectConverged();
    assertThat(sentNames()).containsExactlyInAnyOrder("svc-7", "new", "svc-9");
  }

  @Test
  void shouldRepairWhatCameWithoutMarks() {
    exported.put("web", service("web", 2, 80));
    stored.put("old", new TreeMap<>());
    marks.put("old", ByteString.EMPTY);
    marks.put("web", ByteString.EMPTY);
    connect();
    expectConverged();
  }

  @Test
  void shouldSendWholeWhatDoesNotFit() {
    exported.put("web", service("web", 10, 80));
    connect();
    marks.put("web", ByteString.copyFromUtf8("other"));
    stored.get("web").clear();

    export("web", exported.get("web").toBuilder().setNodes(3, instance("web", 3, 81)).build());
    expectConverged();
  }

  @Test
  void shouldTellWhatThePeerRefusedUntilItTakesANewerContent() {
    refused = Set.of("web");
    exported.put("web", service("web", 1, 80));
    exported.put("api", service("api", 1, 80));
    connect();
    assertThat(exporter.protocol.status().getExportsRefusedByPeerMap()).containsEntry("web", "no");
    assertThat(stored).containsOnlyKeys("api");
    assertThat(importer.protocol.status().getImportedServicesList()).containsExactly("api");

    refused = Set.of();
    export("web", service("web", 1, 81));
    assertThat(exporter.protocol.status().getExportsRefusedByPeerMap()).isEmpty();
    expectConverged();
  }

  private void tell(long asOfMillis) {
    exporter.now += 1_000;
    give(exporter, new Input.AllOffered(asOfMillis, false));
  }

  @Test
  void shouldSayThatAllIsThereInAMomentOfRest() {
    exported.put("web", service("web", 2, 80));
    connect();
    passed.clear();
    tell(exporter.now + 1_000);
    assertThat(passed).hasSize(1).allMatch(message -> message.getExtended().hasCurrent());
    tell(exporter.now + 1_000);
    assertThat(passed).as("said already").hasSize(1);
    exporter.now += 15_000;
    tell(exporter.now + 1_000);
    assertThat(passed).hasSize(2);
  }

  @Test
  void shouldSayWhatIsThereAlthoughChangesNeverPause() {
    exported.put("web", service("web", 2, 80));
    exported.put("api", service("api", 2, 80));
    connect();
    inWork = new ArrayDeque<>();
    for (int i = 0; i < 20; i++) {
      export("web", service("web", 2, 81 + i));
      tell(exporter.now);
      if (i < 2) {
        assertThat(told()).as("the first change is not stored yet").isEmpty();
      }
      if (i % 2 == 1) {
        // What is answered leads to the content as it is by then being sent.
        store(inWork.remove());
      }
      assertThat(inWork).as("never at rest").isNotEmpty();
    }
    assertThat(passed).noneMatch(message -> message.getExtended().hasCurrent());
    assertThat(told()).hasSizeGreaterThan(3).allMatch(age -> age > 0 && age <= 5_000);
  }

  /** The ages that the importer was told. */
  private List<Long> told() {
    return passed.stream()
        .filter(message -> message.getExtended().hasAsOf())
        .map(message -> message.getExtended().getAsOf().getAgeMillis())
        .toList();
  }

  private static ReplicationMessage changes(Changes.Builder changes) {
    return ReplicationMessage.newBuilder()
        .setExtended(Extended.newBuilder().setChanges(changes.setNumber(1)))
        .build();
  }

  private void expectRefusal(Changes.Builder changes) {
    importer = StreamProbe.dialer();
    importer.on(new Input.ChangesAgreed());
    importer.receive(changes(changes));
    assertThat(importer.all(Effect.ImportChanges.class)).isEmpty();
    assertThat(importer.close().orElseThrow().status().code())
        .isEqualTo(LinkStatus.Code.INVALID_ARGUMENT);
  }

  @Test
  void shouldEndTheStreamForChangesThatLie() {
    ChangeSet set =
        ChangeSet.newBuilder()
            .addChanges(ImportChange.newBuilder().setService("x".repeat(5_000)))
            .build();
    Changes packed = Packing.pack(set).build();
    assertThat(packed.getDeflated().size()).isLessThan(500);

    expectRefusal(packed.toBuilder().setInflatedBytes(100));
    expectRefusal(packed.toBuilder().setInflatedBytes(6_000));
    expectRefusal(packed.toBuilder().setInflatedBytes(Integer.MAX_VALUE));
    expectRefusal(packed.toBuilder().setInflatedBytes(-1));
    expectRefusal(packed.toBuilder().setDeflated(ByteString.copyFromUtf8("no such thing")));
  }

  @Test
  void shouldIgnoreChangesThatWereNotAgreedOn() {
    importer.receive(changes(Packing.pack(ChangeSet.getDefaultInstance())));
    assertThat(importer.all(Effect.ImportChanges.class)).isEmpty();
    assertThat(importer.sent()).isEmpty();
    assertThat(importer.close()).isEmpty();
  }

  @Test
  void shouldEndTheStreamForWholeServicesWhereChangesAreAgreed() {
    importer.on(new Input.ChangesAgreed());
    importer.receive(
        StreamProbe.response(
            "00000001", PeerResources.SERVICE, "web", StreamProbe.service("web", 80)));
    assertThat(importer.close().orElseThrow().status().code())
        .isEqualTo(LinkStatus.Code.INVALID_ARGUMENT);
  }
}
