package io.hanse.peering.protocol;

import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.OfferQueue.Offer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What this end sends of its own: resources as wholes, or services in changes where that is agreed,
 * no faster than the other end answers and the transport takes.
 */
final class Outgoing {
  /** Resources that wait; beyond it none is asked for that is not new. */
  private static final int OFFERS_MAX = 64;

  private final StreamLimits limits;
  private final SubscriptionLedger ledger;
  private final StatusRecorder status;
  private final ChangeExchange changes;
  private final Consumer<Effect> effects;
  private final OfferQueue offers = new OfferQueue();
  private long burstBytes;

  Outgoing(
      StreamLimits limits,
      SubscriptionLedger ledger,
      StatusRecorder status,
      ChangeExchange changes,
      Consumer<Effect> effects) {
    this.limits = limits;
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
    while (burstBytes < limits.burstBytesMax() && ledger.unanswered() < limits.unackedMax()) {
      Optional<Offer> offer = offers.next();
      if (offer.isEmpty()) {
        break;
      }
      send(nowMillis, offer.get());
    }
    while (burstBytes < limits.burstBytesMax()) {
      Optional<ReplicationMessage> message = changes.next(nowMillis);
      if (message.isEmpty()) {
        break;
      }
      send(message.get());
    }
  }

  private void send(long nowMillis, Offer offer) {
    int bytesMax = limits.messageBytesMax();
    int bytes = Answers.sizeOf(offer);
    if (bytes > bytesMax) {
      String reason =
          "resource \"" + offer.id() + "\" is too large to be sent: " + bytes + " > " + bytesMax;
      status.notSent(nowMillis, offer.id(), reason);
      effects.accept(new Effect.Refused(offer.type(), offer.id(), reason));
      return;
    }
    String nonce = ledger.send(offer.type(), offer.id(), nowMillis);
    status.sent(nowMillis, offer);
    send(Answers.response(offer, nonce));
  }

  private void send(ReplicationMessage message) {
    effects.accept(new Effect.Send(message));
    burstBytes += message.getSerializedSize();
    if (burstBytes >= limits.burstBytesMax()) {
      effects.accept(new Effect.AwaitReady());
    }
  }

  /** What is on its way, and what came and is not stored yet. */
  void count(ImportQueue imports) {
    int unanswered = ledger.unanswered() + changes.unanswered();
    long oldest = ledger.oldestMillis();
    if (oldest == 0 || (changes.oldestMillis() > 0 && changes.oldestMillis() < oldest)) {
      oldest = changes.oldestMillis();
    }
    status.outstanding(unanswered, oldest, imports.size() + changes.pending());
  }
}
