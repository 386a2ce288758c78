package io.hanse.peering.protocol;

import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Heartbeat;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import io.hanse.peering.proto.ReplicationMessage.Terminated;
import io.hanse.peering.protocol.OfferQueue.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All rules of one open stream, as a function from what happens to what is to be done. It sends and
 * stores nothing itself, and knows no time but what it is told. Not safe for use by several
 * threads.
 *
 * <p>Either end offers resources and receives those of the other end; which kinds there are is said
 * by {@link StreamRules}. Source: peering protocol, section 5.
 */
public final class StreamProtocol {
  private enum Phase {
    NEW,
    OPEN,
    /** We said that the relation has ended, and wait for the other end to finish. */
    DELETING,
    /** The other end said so. */
    TERMINATED,
    CLOSED
  }

  private final StreamRules rules;
  private final SubscriptionLedger ledger = new SubscriptionLedger();
  private final OfferQueue offers = new OfferQueue();
  private final ImportQueue imports = new ImportQueue();
  private final StatusRecorder status;

  private Phase phase = Phase.NEW;
  private List<Effect> effects = new ArrayList<>();
  private Effect.@Nullable Close close;
  private long now;
  private long heartbeatDueMillis;
  private long silenceDueMillis;
  private long drainDueMillis;
  private long burstBytes;
  private boolean readOwed;
  private boolean halfClosed;
  private boolean terminationStored;

  public StreamProtocol(StreamRules rules) {
    this(rules, PeerStreamStatus.getDefaultInstance());
  }

  /** A stream that takes the place of an earlier one, whose status it carries on. */
  public StreamProtocol(StreamRules rules, PeerStreamStatus earlier) {
    this.rules = rules;
    this.status = new StatusRecorder(earlier);
  }

  /**
   * Takes an input and answers what it leads to, in order. After a close, nothing does anything.
   */
  public List<Effect> on(long nowMillis, Input input) {
    if (phase == Phase.CLOSED) {
      return List.of();
    }
    now = nowMillis;
    effects = new ArrayList<>();
    take(input);
    flushOffers();
    readIfRoom();
    status.outstanding(ledger.unanswered(), ledger.oldestMillis(), imports.size());
    if (status.takeChanged()) {
      effects.add(new Effect.Report(status.status()));
    }
    if (close != null) {
      effects.add(close);
      phase = Phase.CLOSED;
    }
    return effects;
  }

  public PeerStreamStatus status() {
    return status.status();
  }

  private void take(Input input) {
    if (input instanceof Input.MessageReceived received) {
      readOwed = true;
      receive(received.message());
    } else if (input instanceof Input.Offered offered) {
      offer(offered);
    } else if (input instanceof Input.Withdrawn withdrawn) {
      offers.withdraw(withdrawn.type(), withdrawn.id());
      status.withdrawn(withdrawn.id());
    } else if (input instanceof Input.ImportFinished finished) {
      importFinished(finished);
    } else if (input instanceof Input.Tick) {
      tick();
    } else if (input instanceof Input.TransportReady) {
      burstBytes = 0;
    } else if (input instanceof Input.Started) {
      start();
    } else if (input instanceof Input.DeleteRequested) {
      delete();
    } else if (input instanceof Input.TerminationStored) {
      terminationStored();
    } else if (input instanceof Input.HalfClosed) {
      halfClosed();
    } else if (input instanceof Input.RemoteEnded ended) {
      remoteEnded(ended.status());
    } else if (input instanceof Input.LeadershipLost lost) {
      String text = "node is not a leader anymore; cannot continue streaming";
      fail(new LinkStatus(LinkStatus.Code.FAILED_PRECONDITION, text, lost.leaderAddress()));
    } else if (input instanceof Input.Stopped stopped) {
      fail(stopped.status());
    }
  }

  private void start() {
    phase = Phase.OPEN;
    heartbeatDueMillis = now + rules.limits().heartbeatMillis();
    silenceDueMillis = now + rules.limits().silenceMillisMax();
    if (rules.role() == StreamRules.Role.ACCEPTOR) {
      status.connected();
      status.heard(now);
    }
    readOwed = true;
    for (ResourceType type : rules.wanted()) {
      send(Request.newBuilder().setPeerId(rules.peerId()).setResourceUrl(type.url()).build());
    }
  }

  private void receive(ReplicationMessage message) {
    if (phase != Phase.OPEN) {
      // What comes while the stream ends is read so that the other end can finish, and dropped.
      return;
    }
    // A dialer knows only by an answer that it was let in.
    status.connected();
    status.heard(now);
    switch (message.getPayloadCase()) {
      case REQUEST -> receive(message.getRequest());
      case RESPONSE -> receive(message.getResponse());
      case HEARTBEAT -> {
        silenceDueMillis = now + rules.limits().silenceMillisMax();
        status.heartbeat(now);
      }
      case TERMINATED -> receiveTerminated();
      // As Consul: neither a second opening nor what only a later version knows does harm.
      case OPEN, PAYLOAD_NOT_SET -> {}
    }
  }

  private void receive(Request request) {
    String url = request.getResourceUrl();
    if (rules.table().byUrl(url).isEmpty()) {
      refuse("subscription request to unknown resource URL: " + url);
    } else if (!ledger.isSubscribed(url)) {
      subscribe(request);
    } else {
      Optional<SubscriptionLedger.Sent> answered = ledger.answer(request.getResponseNonce());
      if (request.hasError()) {
        status.refusedByPeer(now, answered, request.getError().getMessage());
      } else {
        status.acknowledged(now, answered);
      }
    }
  }

  private void subscribe(Request request) {
    String peerId = request.getPeerId();
    if (!peerId.isEmpty() && !rules.peerId().isEmpty() && !peerId.equals(rules.peerId())) {
      refuse(
          "initial subscription requests for a resource type must have consistent PeerID values:"
              + (" got=\"" + peerId + "\" expected=\"" + rules.peerId() + "\""));
    } else if (!request.getResponseNonce().isEmpty()) {
      refuse("initial subscription requests for a resource type must not contain a nonce");
    } else if (request.hasError()) {
      refuse("initial subscription request for a resource type must not contain an error");
    } else {
      ledger.subscribe(request.getResourceUrl());
      offers.openGate(request.getResourceUrl());
      status.subscribed(now);
    }
  }

  private void receive(Response response) {
    Optional<ResourceType> type = rules.table().byUrl(response.getResourceUrl());
    Optional<Answers.Nack> nack = Answers.problemOf(response, type.isPresent());
    if (nack.isPresent()) {
      status.receiveFailed(now, nack.get().message());
      send(Answers.nack(response, nack.get()));
    } else if (type.isPresent()) {
      imports.add(type.get(), response);
      effects.addAll(imports.ready());
    }
  }

  private void importFinished(Input.ImportFinished finished) {
    for (ImportQueue.Finished done : imports.finish(finished.sequence(), finished.problem())) {
      if (phase == Phase.OPEN) {
        answer(done);
      }
    }
    if (phase == Phase.OPEN) {
      effects.addAll(imports.ready());
    }
  }

  private void answer(ImportQueue.Finished done) {
    Response response = done.response();
    if (done.problem().isPresent()) {
      Answers.Nack nack = Answers.notStored(response, done.problem().get());
      status.notStored(now, response.getResourceId(), nack.message());
      send(Answers.nack(response, nack));
    } else {
      status.stored(now, done.type(), response.getResourceId(), response.getResource());
      send(Answers.ack(response));
    }
  }

  private void receiveTerminated() {
    phase = Phase.TERMINATED;
    status.terminated();
    drainDueMillis = now + rules.limits().drainMillisMax();
    effects.add(new Effect.StoreTermination());
  }

  private void terminationStored() {
    terminationStored = true;
    if (phase != Phase.TERMINATED) {
      return;
    }
    if (rules.role() == StreamRules.Role.DIALER) {
      effects.add(new Effect.HalfClose());
    } else if (halfClosed) {
      end(Effect.Cause.TERMINATED, LinkStatus.OK);
    }
  }

  private void delete() {
    if (phase != Phase.OPEN) {
      return;
    }
    phase = Phase.DELETING;
    drainDueMillis = now + rules.limits().drainMillisMax();
    effects.add(
        new Effect.Send(
            ReplicationMessage.newBuilder()
                .setTerminated(Terminated.getDefaultInstance())
                .build()));
    if (rules.role() == StreamRules.Role.DIALER) {
      effects.add(new Effect.HalfClose());
    }
  }

  private void halfClosed() {
    halfClosed = true;
    switch (phase) {
      case NEW, OPEN -> fail(LinkStatus.of(LinkStatus.Code.UNKNOWN, Answers.UNEXPECTED_END));
      case DELETING -> end(Effect.Cause.DELETED, LinkStatus.OK);
      case TERMINATED -> {
        if (terminationStored) {
          end(Effect.Cause.TERMINATED, LinkStatus.OK);
        }
      }
      case CLOSED -> {}
    }
  }

  private void remoteEnded(LinkStatus ended) {
    switch (phase) {
      case NEW, OPEN -> {
        LinkStatus seen = Answers.asSeenFromHere(ended);
        status.receiveFailed(now, seen.text());
        fail(seen);
      }
      case DELETING -> end(Effect.Cause.DELETED, ended);
      case TERMINATED -> end(Effect.Cause.TERMINATED, LinkStatus.OK);
      case CLOSED -> {}
    }
  }

  private void tick() {
    if (phase == Phase.OPEN) {
      if (now >= silenceDueMillis) {
        fail(LinkStatus.of(LinkStatus.Code.UNKNOWN, "heartbeat timeout"));
        return;
      }
      if (now >= heartbeatDueMillis) {
        // At a fixed rate, but without a burst after a pause.
        heartbeatDueMillis += rules.limits().heartbeatMillis();
        if (heartbeatDueMillis <= now) {
          heartbeatDueMillis = now + rules.limits().heartbeatMillis();
        }
        effects.add(
            new Effect.Send(
                ReplicationMessage.newBuilder()
                    .setHeartbeat(Heartbeat.getDefaultInstance())
                    .build()));
      }
    } else if (phase != Phase.NEW && now >= drainDueMillis) {
      Effect.Cause cause = phase == Phase.DELETING ? Effect.Cause.DELETED : Effect.Cause.TERMINATED;
      end(cause, LinkStatus.OK);
    }
  }

  private void offer(Input.Offered offered) {
    boolean flows = ledger.isSubscribed(offered.type().gate());
    offers.offer(offered.type(), offered.id(), offered.payload(), flows);
  }

  private void flushOffers() {
    while (phase == Phase.OPEN
        && close == null
        && burstBytes < rules.limits().burstBytesMax()
        && ledger.unanswered() < rules.limits().unackedMax()) {
      Optional<Offer> offer = offers.next();
      if (offer.isEmpty()) {
        return;
      }
      send(offer.get());
    }
  }

  private void send(Offer offer) {
    int bytesMax = rules.limits().messageBytesMax();
    int bytes = Answers.sizeOf(offer);
    if (bytes > bytesMax) {
      String reason =
          "resource \"" + offer.id() + "\" is too large to be sent: " + bytes + " > " + bytesMax;
      status.notSent(now, offer.id(), reason);
      effects.add(new Effect.Refused(offer.type(), offer.id(), reason));
      return;
    }
    String nonce = ledger.send(offer.type(), offer.id(), now);
    status.sent(now, offer);
    effects.add(new Effect.Send(Answers.response(offer, nonce)));
    burstBytes += bytes;
    if (burstBytes >= rules.limits().burstBytesMax()) {
      effects.add(new Effect.AwaitReady());
    }
  }

  private void send(Request request) {
    effects.add(new Effect.Send(ReplicationMessage.newBuilder().setRequest(request).build()));
  }

  private void readIfRoom() {
    boolean room =
        imports.size() < rules.limits().pendingImportsMax()
            && imports.bytes() < rules.limits().pendingImportBytesMax();
    if (readOwed && room && close == null) {
      readOwed = false;
      effects.add(new Effect.Read());
    }
  }

  private void refuse(String reason) {
    fail(LinkStatus.of(LinkStatus.Code.INVALID_ARGUMENT, reason));
  }

  private void fail(LinkStatus reason) {
    if (phase == Phase.DELETING || phase == Phase.TERMINATED) {
      end(
          phase == Phase.DELETING ? Effect.Cause.DELETED : Effect.Cause.TERMINATED,
          reason.isOk() ? LinkStatus.OK : reason);
      return;
    }
    status.disconnected(now, reason.text());
    close = new Effect.Close(Effect.Cause.FAILED, reason);
  }

  private void end(Effect.Cause cause, LinkStatus reason) {
    status.disconnected(now, "");
    close = new Effect.Close(cause, reason);
  }
}
