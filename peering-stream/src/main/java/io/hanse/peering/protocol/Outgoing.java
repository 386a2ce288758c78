package io.hanse.peering.protocol;

import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.OfferQueue.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What this end sends of its own: resources as wholes, or services in changes where that is agreed,
 * no faster than the other end answers and the transport takes.
 */
final class Outgoing {
  /** Resources that wait; beyond it none is asked for that is not new. */
  private static final int OFFERS_MAX = 64;

  /** Of batches, as of resources that go alone: what comes meanwhile makes the next one. */
  private static final int BATCHES_UNACKED_MAX = 8;

  private final StreamLimits limits;
  private final Optional<ResourceType> batch;
  private final int unackedMax;
  private final SubscriptionLedger ledger;
  private final StatusRecorder status;
  private final ChangeExchange changes;
  private final Consumer<Effect> effects;
  private final OfferQueue offers = new OfferQueue();
  private long burstBytes;

  Outgoing(
      StreamRules rules,
      SubscriptionLedger ledger,
      StatusRecorder status,
      ChangeExchange changes,
      Consumer<Effect> effects) {
    this.limits = rules.limits();
    this.batch = rules.batch();
    this.unackedMax =
        batch.isPresent()
            ? Math.min(BATCHES_UNACKED_MAX, limits.unackedMax())
            : limits.unackedMax();
    // Who understands batches need not say so once more.
    batch.ifPresent(type -> ledger.subscribe(type.url()));
    this.ledger = ledger;
    this.status = status;
    this.changes = changes;
    this.effects = effects;
  }

  /** Whether there is use for contents of services; if not, one of the next inputs makes room. */
  boolean hasRoomForServices() {
    // Before the other end is heard, it is not known in which form they are to be sent.
    return changes.isAgreed()
        ? changes.hasRoomForContents()
        : ledger.isSubscribed(PeerResources.SERVICE.url()) && offers.size() < OFFERS_MAX;
  }

  void subscribed(String url) {
    ledger.subscribe(url);
    offers.openGate(url);
  }

  void transportReady() {
    burstBytes = 0;
  }

  void take(long nowMillis, Input.OfChanges input) {
    if (input instanceof Input.ChangesAgreed) {
      changes.agree();
      offers.takeBehind(PeerResources.SERVICE.url()).forEach(this::offer);
    } else if (changes.isAgreed() || input instanceof Input.ExportedNames) {
      changes.take(nowMillis, input);
    } else if (input instanceof Input.ServiceOffered offered) {
      offer(Input.Offered.of(offered.content()));
    } else if (input instanceof Input.ServiceUnchanged unchanged) {
      // Marks are of no use for wholes.
      effects.accept(new Effect.Ask(unchanged.name()));
    }
  }

  void offer(Input.Offered offered) {
    if (!changes.isAgreed() || !PeerResources.isOfServices(offered.type())) {
      boolean flows = ledger.isSubscribed(offered.type().gate());
      offers.offer(offered, flows);
    } else if (offered.payload() instanceof ExportedServiceList list) {
      // It goes without saying: changes tell which services there are.
      status.exportedAre(list.getServicesList());
    }
  }

  void withdraw(Input.Withdrawn withdrawn) {
    offers.withdraw(withdrawn.type(), withdrawn.id());
    status.withdrawn(withdrawn.id());
  }

  /** Sends what may be sent. */
  void flush(long nowMillis) {
    while (burstBytes < limits.burstBytesMax() && ledger.unanswered() < unackedMax) {
      List<Offer> next = next(nowMillis);
      if (next.isEmpty()) {
        break;
      }
      send(nowMillis, next);
    }
    while (burstBytes < limits.burstBytesMax()) {
      Optional<ReplicationMessage> message = changes.next(nowMillis);
      if (message.isEmpty()) {
        break;
      }
      send(message.get());
    }
  }

  /** What goes together. None is large but the last. */
  private List<Offer> next(long nowMillis) {
    List<Offer> together = new ArrayList<>();
    int bytesMax = batch.isPresent() ? ResourceBatches.BYTES_MAX : 1;
    int bytes = 0;
    while (bytes < bytesMax) {
      Optional<Offer> offer = offers.next();
      if (offer.isEmpty()) {
        break;
      }
      int size = Answers.sizeOf(offer.get());
      if (size > limits.messageBytesMax()) {
        tooLarge(nowMillis, offer.get(), size);
      } else {
        together.add(offer.get());
        bytes += size;
      }
    }
    return together;
  }

  private void tooLarge(long nowMillis, Offer offer, int bytes) {
    String reason =
        "resource \""
            + offer.id()
            + "\" is too large to be sent: "
            + bytes
            + " > "
            + limits.messageBytesMax();
    status.notSent(nowMillis, offer.id(), reason);
    effects.accept(new Effect.Refused(offer.type(), offer.id(), reason));
  }

  private void send(long nowMillis, List<Offer> together) {
    together.forEach(offer -> status.sent(nowMillis, offer));
    int last = together.size() - 1;
    boolean endsAlone = Answers.sizeOf(together.get(last)) > ResourceBatches.BYTES_MAX;
    List<Offer> small = endsAlone ? together.subList(0, last) : together;
    if (small.size() > 1 && batch.isPresent()) {
      Offer packed = ResourceBatches.pack(batch.get(), small);
      send(nowMillis, packed, small.stream().map(Offer::id).toList());
    } else {
      small.forEach(offer -> send(nowMillis, offer));
    }
    if (endsAlone) {
      send(nowMillis, together.get(last));
    }
  }

  private void send(long nowMillis, Offer offer) {
    send(nowMillis, offer, List.of(offer.id()));
  }

  private void send(long nowMillis, Offer offer, List<String> ids) {
    send(Answers.response(offer, ledger.send(offer.type(), offer.id(), ids, nowMillis)));
  }

  private void send(ReplicationMessage message) {
    effects.accept(new Effect.Send(message));
    burstBytes += message.getSerializedSize();
    if (burstBytes >= limits.burstBytesMax()) {
      effects.accept(new Effect.AwaitReady());
    }
  }

  /** What is on its way, and what came and is not stored yet. */
  void count(ImportExchange imports) {
    int unanswered = ledger.unanswered() + changes.unanswered();
    long oldest = ledger.oldestMillis();
    if (oldest == 0 || (changes.oldestMillis() > 0 && changes.oldestMillis() < oldest)) {
      oldest = changes.oldestMillis();
    }
    status.outstanding(unanswered, oldest, imports.size() + changes.pending());
  }
}
