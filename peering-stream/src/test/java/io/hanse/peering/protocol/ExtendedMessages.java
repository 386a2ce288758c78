package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.InstanceName;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.peering.proto.AsOf;
import io.hanse.peering.proto.AskHeld;
import io.hanse.peering.proto.ChangeRefusal;
import io.hanse.peering.proto.ChangeSet;
import io.hanse.peering.proto.Changes;
import io.hanse.peering.proto.Current;
import io.hanse.peering.proto.Extended;
import io.hanse.peering.proto.Held;
import io.hanse.peering.proto.HeldGroup;
import io.hanse.peering.proto.HeldNames;
import io.hanse.peering.proto.HeldService;
import io.hanse.peering.proto.Receipt;
import java.util.List;
import java.util.Random;

/** All that only two Hanses say to each other, with whatever in it. */
final class ExtendedMessages {
  private final Random random;
  private final List<String> texts;

  ExtendedMessages(Random random, List<String> texts) {
    this.random = random;
    this.texts = texts;
  }

  Extended any() {
    Extended.Builder message = Extended.newBuilder();
    // More of those by which something is kept.
    return switch (random.nextInt(12)) {
      case 0 -> message.setHeld(held()).build();
      case 1 -> message.setAskHeld(AskHeld.newBuilder().addAllGroups(numbers())).build();
      case 2, 3 -> message.setHeldNames(heldNames()).build();
      case 4 -> message.setCurrent(Current.newBuilder().addUnsent(text())).build();
      case 5 ->
          message
              .setAsOf(AsOf.newBuilder().setAgeMillis(random.nextLong()).addUnsent(text()))
              .build();
      case 6, 7 -> message.setReceipt(receipt()).build();
      case 8 -> message.build();
      default -> message.setChanges(changes()).build();
    };
  }

  private Held held() {
    Held.Builder held = Held.newBuilder();
    numbers()
        .forEach(
            number -> held.addGroups(HeldGroup.newBuilder().setGroup(number).setDigest(mark())));
    return held.build();
  }

  private HeldNames heldNames() {
    HeldNames.Builder names = HeldNames.newBuilder().setGroup(number());
    for (int i = random.nextInt(20); i > 0; i--) {
      names.addServices(HeldService.newBuilder().setName(text()).setMark(mark()));
    }
    return names.build();
  }

  private Receipt receipt() {
    Receipt.Builder receipt =
        Receipt.newBuilder()
            .setNumber(number())
            .setIndex(random.nextLong())
            .addAllMisfits(numbers());
    numbers()
        .forEach(
            number ->
                receipt.addRefusals(
                    ChangeRefusal.newBuilder().setPosition(number).setReason(text())));
    return receipt.build();
  }

  private Changes changes() {
    ChangeSet.Builder set = ChangeSet.newBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      set.addChanges(change());
    }
    Changes.Builder changes = Packing.pack(set.build()).setNumber(number());
    return switch (random.nextInt(20)) {
      case 0 -> changes.setInflatedBytes(random.nextInt()).setDeflated(mark()).build();
      case 1 -> changes.clearPlain().build();
      default -> changes.build();
    };
  }

  private ImportChange change() {
    ImportChange.Builder change =
        ImportChange.newBuilder().setService(text()).setExporterIndex(random.nextLong());
    if (random.nextBoolean()) {
      change.setMark(mark());
    }
    if (random.nextInt(3) == 0) {
      change.setBase(mark());
    }
    if (random.nextInt(4) == 0) {
      change.setGone(true);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      change
          .addInstances(
              CheckServiceNode.newBuilder()
                  .setNode(Node.newBuilder().setNode(text()))
                  .setService(NodeService.newBuilder().setId(text()).setService(text())))
          .addRemoved(InstanceName.newBuilder().setNode(text()).setServiceId(text()));
    }
    return change.build();
  }

  private List<Integer> numbers() {
    return random.ints(random.nextInt(5), 0, 9).map(i -> number()).boxed().toList();
  }

  /** Mostly one that is in use. */
  private int number() {
    return random.nextInt(6) == 0 ? random.nextInt() : random.nextInt(6);
  }

  private ByteString mark() {
    return ByteString.copyFrom(new byte[] {(byte) random.nextInt(3)});
  }

  private String text() {
    return texts.get(random.nextInt(texts.size()));
  }
}
