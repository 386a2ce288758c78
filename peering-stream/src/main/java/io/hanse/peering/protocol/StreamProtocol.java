package io.hanse.peering.protocol;

import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Heartbeat;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import io.hanse.peering.proto.ReplicationMessage.Terminated;
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
  private final ImportExchange imports;
  private final StatusRecorder status;
  private final SignsOfLife life;
  private final ChangeExchange changes;
  private final Outgoing outgoing;

  private Phase phase = Phase.NEW;
  private List<Effect> effects = new ArrayList<>();
  private Effect.@Nullable Close close;
  private long now;
  private long drainDueMillis;
  private boolean readOwed;
  private boolean halfClosed;
  private boolean terminationStored;

  public StreamProtocol(StreamRules rules) {
    this(rules, PeerStreamStatus.getDefaultInstance());
  }

  /** A stream that takes the place of an earlier one, whose status it carries on. */
  public StreamProtocol(StreamRules rules, PeerStreamStatus earlier) {
    this.rules = rules;
    this.life = new SignsOfLife(rules);
    this.status = new StatusRecorder(earlier);
    this.imports = new ImportExchange(status);
    this.changes = new ChangeExchange(this::add, status, rules.limits().messageBytesMax());
    this.outgoing = new Outgoing(rules, ledger, status, changes, this::add);
  }

  private void add(Effect effect) {
    effects.add(effect);
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
    if (phase == Phase.OPEN && close == null) {
      outgoing.flush(now);
    }
    readIfRoom();
    outgoing.count(imports);
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
      // That nothing is exported to a peer that is gone is not what it was told last.
      if (phase != Phase.TERMINATED) {
        outgoing.offer(offered);
      }
    } else if (input instanceof Input.Withdrawn withdrawn) {
      outgoing.withdraw(withdrawn);
    } else if (input instanceof Input.ImportFinished finished) {
      importFinished(finished);
    } else if (input instanceof Input.OfChanges ofChanges) {
      if (phase == Phase.OPEN) {
        outgoing.take(now, ofChanges);
      }
    } else if (input instanceof Input.Tick) {
      tick();
    } else if (input instanceof Input.PartReceived) {
      life.heard();
    } else if (input instanceof Input.PromptHeartbeatsAgreed) {
      life.agreePrompt(now);
    } else if (input instanceof Input.TransportReady) {
      outgoing.transportReady();
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
      fail(new LinkStatus(LinkStatus.Code.FAILED_PRECONDITION, text, lost.leader()));
    } else if (input instanceof Input.Stopped stopped) {
      fail(stopped.status());
    }
  }

  /** Whether there is use for contents of services; if not, one of the next inputs makes room. */
  public boolean hasRoomForServices() {
    return outgoing.hasRoomForServices();
  }

  private void start() {
    phase = Phase.OPEN;
    life.start(now);
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
    life.heard();
    Optional<String> flaw = PeerTexts.flaw(message);
    if (flaw.isPresent()) {
      refuse(flaw.get());
      return;
    }
    switch (message.getPayloadCase()) {
      case REQUEST -> receive(message.getRequest());
      case RESPONSE -> receive(message.getResponse());
      case HEARTBEAT -> {
        life.heartbeat(now);
        status.heartbeat(now);
      }
      case EXTENDED -> changes.receive(now, message.getExtended()).ifPresent(this::refuse);
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
        String reason = PeerTexts.cut(request.getError().getMessage());
        status.refusedByPeer(now, answered, reason);
      } else {
        status.acknowledged(now, answered);
      }
    }
  }

  private void subscribe(Request request) {
    Optional<String> problem = SubscriptionLedger.problemOf(request, rules.peerId());
    if (problem.isPresent()) {
      refuse(problem.get());
    } else {
      outgoing.subscribed(request.getResourceUrl());
      status.subscribed(now);
    }
  }

  private void receive(Response response) {
    Optional<ResourceType> type = rules.table().byUrl(response.getResourceUrl());
    if (changes.isAgreed() && type.filter(PeerResources::isOfServices).isPresent()) {
      refuse("services come as changes on this stream");
      return;
    }
    Optional<Answers.Nack> nack = Answers.problemOf(response, type.isPresent());
    if (nack.isPresent()) {
      status.receiveFailed(now, nack.get().message());
      send(Answers.nack(response, nack.get()));
    } else if (type.isPresent()) {
      imports.received(type.get(), response);
      effects.addAll(imports.ready());
    }
  }

  private void importFinished(Input.ImportFinished finished) {
    if (phase == Phase.OPEN) {
      imports.finished(now, finished).forEach(this::send);
      effects.addAll(imports.ready());
    } else {
      imports.finishedLate(finished);
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
    if (halfClosed) {
      end(Effect.Cause.TERMINATED, LinkStatus.OK);
    } else if (rules.role() == StreamRules.Role.DIALER) {
      effects.add(new Effect.HalfClose());
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
      case NEW, OPEN -> {
        status.receiveFailed(now, Answers.UNEXPECTED_END);
        fail(LinkStatus.of(LinkStatus.Code.UNKNOWN, Answers.UNEXPECTED_END));
      }
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
        if (status.isConnected()) {
          status.receiveFailed(now, seen.text());
        }
        fail(seen);
      }
      case DELETING -> end(Effect.Cause.DELETED, ended);
      case TERMINATED -> halfClosed();
      case CLOSED -> {}
    }
  }

  private void tick() {
    if (phase == Phase.OPEN) {
      Optional<LinkStatus> flaw = life.tick(now, !readOwed).or(() -> imports.tick(now));
      if (flaw.isPresent()) {
        fail(flaw.get());
        return;
      }
      if (life.takeHeartbeat(now)) {
        effects.add(
            new Effect.Send(
                ReplicationMessage.newBuilder()
                    .setHeartbeat(Heartbeat.getDefaultInstance())
                    .build()));
      }
      effects.addAll(imports.ready());
    } else if (phase != Phase.NEW && now >= drainDueMillis) {
      drained();
    }
  }

  /** The time to end it in order is over. */
  private void drained() {
    if (phase == Phase.DELETING) {
      String text = "the other end did not confirm the deletion";
      end(Effect.Cause.DELETED, LinkStatus.of(LinkStatus.Code.UNAVAILABLE, text));
    } else if (terminationStored) {
      end(Effect.Cause.TERMINATED, LinkStatus.OK);
    } else {
      // It is dialed again, and told again.
      fail(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "the termination is not stored in time"));
    }
  }

  private void send(Request request) {
    effects.add(new Effect.Send(ReplicationMessage.newBuilder().setRequest(request).build()));
  }

  private void readIfRoom() {
    boolean room =
        phase == Phase.DELETING // All is dropped, and what of it is stored may never be told.
            || (imports.size() < rules.limits().pendingImportsMax()
                && imports.bytes() < rules.limits().pendingImportBytesMax()
                && changes.hasRoomToReceive());
    if (readOwed && room && close == null) {
      readOwed = false;
      effects.add(new Effect.Read());
    }
  }

  private void refuse(String reason) {
    fail(LinkStatus.of(LinkStatus.Code.INVALID_ARGUMENT, reason));
  }

  private void fail(LinkStatus reason) {
    boolean isTerminated = phase == Phase.TERMINATED && terminationStored;
    if (phase == Phase.DELETING || isTerminated) {
      end(isTerminated ? Effect.Cause.TERMINATED : Effect.Cause.DELETED, reason);
      return;
    }
    status.disconnected(now, reason.text());
    if (rules.role() == StreamRules.Role.DIALER) {
      status.attemptFailed(now, reason.text());
    }
    close = new Effect.Close(Effect.Cause.FAILED, reason);
  }

  private void end(Effect.Cause cause, LinkStatus reason) {
    status.disconnected(now, "");
    close = new Effect.Close(cause, reason);
  }
}
