package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.ImportChange;
import io.hanse.peering.proto.AsOf;
import io.hanse.peering.proto.AskHeld;
import io.hanse.peering.proto.ChangeSet;
import io.hanse.peering.proto.Changes;
import io.hanse.peering.proto.Current;
import io.hanse.peering.proto.Extended;
import io.hanse.peering.proto.HeldGroup;
import io.hanse.peering.proto.HeldNames;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Packing.MalformedChanges;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How two Hanses exchange services on a stream, once both have announced it: in changes, of which
 * only those are sent that the other end has not, after a break of the link as well. Without that,
 * it does nothing.
 */
final class ChangeExchange {
  /** What a message takes beside its change. */
  private static final int FRAMING_BYTES = 4_096;

  /** Each name is kept until the importer has confirmed it gone: 20,000 of a group are enough. */
  private static final int HELD_NAMES_BYTES_MAX = 1 << 20;

  /** As often as heartbeats come; with each of those, little else could be told apart. */
  private static final long CURRENT_MILLIS = 15_000;

  /** So long the comparison waits for contents that can't be read. */
  private static final long UNREAD_MILLIS_MAX = 2_000;

  private static final long NEVER = -1;

  /** What is waited for until it can be said that all of a time is with the importer. */
  private record Pass(long asOfMillis, long offers) {}

  private final Consumer<Effect> effects;
  private final StatusRecorder status;
  private final ChangeSender sender;
  private final ChangeReceiver receiver;
  private boolean agreed;
  private long now;
  private long numbers;

  /** How many messages had been sent when the importer was told last what it has, and when. */
  private long toldAfter = -1;

  private long toldMillis;
  private boolean toldAtRest;
  private Set<String> toldUnsent = Set.of();
  private final int serviceBytesMax;
  private @Nullable Pass pass;
  private long unreadSinceMillis = NEVER;

  /**
   * Agreed on nothing yet.
   *
   * @param messageBytesMax what one service may take
   */
  ChangeExchange(Consumer<Effect> effects, StatusRecorder status, int messageBytesMax) {
    this.effects = effects;
    this.status = status;
    receiver = new ChangeReceiver(status, messageBytesMax);
    serviceBytesMax = messageBytesMax - FRAMING_BYTES;
    sender = new ChangeSender(new Told(), serviceBytesMax);
  }

  boolean isAgreed() {
    return agreed;
  }

  boolean hasRoomForContents() {
    return sender.hasRoom();
  }

  boolean hasRoomToReceive() {
    return receiver.hasRoom();
  }

  int unanswered() {
    return sender.queue().unanswered();
  }

  long oldestMillis() {
    return sender.queue().oldestMillis();
  }

  int pending() {
    return receiver.size();
  }

  void agree() {
    if (!agreed) {
      agreed = true;
      status.inChanges();
      effects.accept(new Effect.ReadHeld());
    }
  }

  void take(long nowMillis, Input.OfChanges input) {
    now = nowMillis;
    if (input instanceof Input.ExportedNames exported) {
      sender.namesAre(exported.names());
    } else if (input instanceof Input.ServiceOffered offered) {
      sender.offer(offered.content());
    } else if (input instanceof Input.ServiceUnchanged unchanged) {
      sender.offerUnchanged(unchanged.name(), unchanged.marks());
    } else if (input instanceof Input.HeldRead read) {
      send(Extended.newBuilder().setHeld(receiver.holding(read.marks())));
    } else if (input instanceof Input.ChangesStored stored) {
      send(Extended.newBuilder().setReceipt(receiver.stored(now, stored)));
    } else if (input instanceof Input.AllOffered all) {
      if (sender.isCompared()) {
        tellWhatIsThere(new Pass(all.asOfMillis(), sender.offers()));
      } else {
        compareWhatIsThere(all.isRestUnread());
      }
    }
  }

  /** A service that can't be read must not keep back those of its group. */
  private void compareWhatIsThere(boolean isRestUnread) {
    if (!isRestUnread) {
      unreadSinceMillis = NEVER;
    } else if (unreadSinceMillis == NEVER) {
      unreadSinceMillis = now;
    } else if (now - unreadSinceMillis >= UNREAD_MILLIS_MAX) {
      sender.goOnWithout();
    }
  }

  /**
   * Changes that never pause would leave no moment at which the importer has all there is. So a
   * time is noted, and once all that there was then is with the importer, it is told so.
   */
  private void tellWhatIsThere(Pass newest) {
    if (sender.isDeliveredUpTo(newest.offers())) {
      tell(newest);
      pass = null;
    } else if (pass == null) {
      pass = newest;
    } else if (sender.isDeliveredUpTo(pass.offers())) {
      tell(pass);
      pass = newest;
    }
  }

  private void tell(Pass done) {
    long age = Math.max(0, now - done.asOfMillis());
    boolean isAtRest = age == 0;
    boolean isNews =
        toldAfter < numbers || (isAtRest && !toldAtRest) || !toldUnsent.equals(sender.unsent());
    if (!isNews && now - toldMillis < CURRENT_MILLIS) {
      return;
    }
    toldAfter = numbers;
    toldMillis = now;
    toldAtRest = isAtRest;
    toldUnsent = Set.copyOf(sender.unsent());
    Extended.Builder message = Extended.newBuilder();
    if (isAtRest) {
      send(message.setCurrent(Current.newBuilder().addAllUnsent(sender.unsent())));
    } else {
      send(message.setAsOf(AsOf.newBuilder().setAgeMillis(age).addAllUnsent(sender.unsent())));
    }
  }

  /** Takes a message; answers what is wrong with it. */
  Optional<String> receive(long nowMillis, Extended message) {
    now = nowMillis;
    if (!agreed) {
      // As all else that is not known.
      return Optional.empty();
    }
    switch (message.getBodyCase()) {
      case HELD -> {
        Map<Integer, ByteString> digests = new TreeMap<>();
        for (HeldGroup group : message.getHeld().getGroupsList()) {
          if (Content.isGroup(group.getGroup())) {
            digests.put(group.getGroup(), group.getDigest());
          }
        }
        sender.heldIs(digests);
      }
      case ASK_HELD -> {
        // Each answer may be long: nobody has use for one twice.
        for (int group : new TreeSet<>(message.getAskHeld().getGroupsList())) {
          if (Content.isGroup(group)) {
            send(Extended.newBuilder().setHeldNames(receiver.namesOf(group)));
          }
        }
      }
      case HELD_NAMES -> {
        HeldNames names = message.getHeldNames();
        if (names.getSerializedSize() > HELD_NAMES_BYTES_MAX) {
          return Optional.of(
              "received held names of "
                  + names.getSerializedSize()
                  + " bytes, more than "
                  + HELD_NAMES_BYTES_MAX);
        }
        sender.heldNamesAre(names);
      }
      case CHANGES -> {
        return store(message.getChanges());
      }
      case RECEIPT -> {
        status.changesConfirmed(now);
        sender.receive(message.getReceipt());
      }
      // It says something of the stream as a whole, which is not for its rules to keep.
      case CURRENT, AS_OF, BODY_NOT_SET -> {}
    }
    return Optional.empty();
  }

  private Optional<String> store(Changes changes) {
    try {
      effects.accept(receiver.receive(changes));
      return Optional.empty();
    } catch (MalformedChanges e) {
      return Optional.of("received " + e.getMessage());
    }
  }

  /** The next message with changes, if one is to be sent now. */
  Optional<ReplicationMessage> next(long nowMillis) {
    List<ImportChange> changes = sender.next(numbers + 1, nowMillis);
    if (changes.isEmpty()) {
      return Optional.empty();
    }
    status.changesSent(nowMillis, changes);
    Changes.Builder packed =
        Packing.pack(ChangeSet.newBuilder().addAllChanges(changes).build()).setNumber(++numbers);
    return Optional.of(
        ReplicationMessage.newBuilder()
            .setExtended(Extended.newBuilder().setChanges(packed))
            .build());
  }

  private void send(Extended.Builder message) {
    effects.accept(new Effect.Send(ReplicationMessage.newBuilder().setExtended(message).build()));
  }

  /** What the sender wants done. */
  private final class Told implements ChangeSender.Sink {
    @Override
    public void ask(String name) {
      effects.accept(new Effect.Ask(name));
    }

    @Override
    public void askInOrder(List<String> names) {
      effects.accept(new Effect.AskInOrder(names));
    }

    @Override
    public void askHeld(int group) {
      send(Extended.newBuilder().setAskHeld(AskHeld.newBuilder().addGroups(group)));
    }

    @Override
    public void tooLarge(String name, int bytes) {
      String reason =
          "resource \""
              + name
              + "\" is too large to be sent: "
              + bytes
              + " bytes > "
              + serviceBytesMax;
      status.notSent(now, name, reason);
      effects.accept(new Effect.Refused(PeerResources.SERVICE, name, reason));
    }

    @Override
    public void refusedByPeer(String name, String reason) {
      status.changeRefused(now, name, PeerTexts.cut(reason));
    }

    @Override
    public void settled(String name) {
      status.withdrawn(name);
    }

    @Override
    public void confirmed(String name, long exporterIndex, long importerIndex, boolean gone) {
      status.changeConfirmed(name);
      effects.accept(new Effect.Confirmed(name, exporterIndex, importerIndex, gone));
    }
  }
}
