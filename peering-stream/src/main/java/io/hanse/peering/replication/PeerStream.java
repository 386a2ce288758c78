package io.hanse.peering.replication;

import com.google.protobuf.Message;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.LogPace;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Content;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.ServiceContent;
import io.hanse.peering.protocol.StreamProtocol;
import io.hanse.peering.protocol.StreamRules;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open stream with another cluster: what is exported comes from the state, what its rules want
 * stored is {@link StreamStorage}'s. All of it runs on the stream's loop.
 */
final class PeerStream implements Inbound, StreamDriver.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(PeerStream.class);

  /** Between two looks what of all the other end has. */
  private static final long OFFERED_MILLIS = 1_000;

  private final Replication replication;
  private final Loop loop;
  private final Peering peering;
  private final Outbound outbound;
  private final StreamProtocol protocol;
  private final StreamDriver driver;
  private final StreamStorage storage;
  private final ExportFeed feed;
  private final Consumer<Effect.Close> ended;
  private Optional<WatchedQuery<Standing>> ownRow = Optional.empty();

  /** Of the state when the stream began; negative: not looked yet. */
  private long generation = -1;

  private final boolean isDialed;
  private boolean heard;
  private final RefusalLog refusals;

  /** What both ends announced is known. */
  private boolean isAgreed;

  private boolean inChanges;
  private Runnable cancelOffered = () -> {};

  /**
   * A stream that is ready to start.
   *
   * @param ended told once, on the loop, when it is over
   */
  PeerStream(
      Replication replication,
      Loop loop,
      Peering peering,
      StreamRules rules,
      Outbound outbound,
      Consumer<Effect.Close> ended) {
    this.replication = replication;
    this.loop = loop;
    this.peering = peering;
    this.outbound = outbound;
    this.ended = ended;
    refusals = new RefusalLog(peering.getName(), LOG::warn);
    isDialed = rules.role() == StreamRules.Role.DIALER;
    protocol = new StreamProtocol(rules, replication.statuses().status(peering.getId()));
    driver = new StreamDriver(loop, protocol, outbound, this);
    storage = new StreamStorage(replication, loop, peering, this, driver::give);
    List<StandingExport> standing =
        rules.role() == StreamRules.Role.ACCEPTOR
            ? List.of(StandingExport.TRUST_BUNDLE, StandingExport.SERVER_ADDRESSES)
            : List.of(StandingExport.TRUST_BUNDLE);
    feed =
        new ExportFeed(
            loop,
            replication.state(),
            replication.contents(),
            peering.getName(),
            standing,
            replication.kept().of(peering.getId()),
            new ExportFeed.Sink() {
              @Override
              public void names(SortedSet<String> names) {
                tellOfExports(names);
                driver.give(new Input.ExportedNames(names));
              }

              @Override
              public void content(ServiceContent content) {
                driver.give(new Input.ServiceOffered(content));
              }

              @Override
              public void unchanged(String name, Content marks) {
                driver.give(new Input.ServiceUnchanged(name, marks));
              }

              @Override
              public boolean hasRoom() {
                return protocol.hasRoomForServices();
              }

              @Override
              public void offered(ResourceType type, String id, Message payload) {
                driver.give(new Input.Offered(type, id, payload));
              }

              @Override
              public void withdrawn(ResourceType type, String id) {
                driver.give(new Input.Withdrawn(type, id));
              }
            });
  }

  /** Begins to speak. By then it is the one that reports of its peering. */
  void start() {
    driver.guard(this::begin);
  }

  private void begin() {
    driver.startTicking();
    driver.give(new Input.Started());
    // A dialer is told only with the first answer.
    agree();
    feed.start();
    ownRow =
        Optional.of(
            WatchedQuery.start(loop, replication.state(), this::standing, this::standingIs));
    cancelOffered = loop.after(OFFERED_MILLIS, this::tellWhatWasOffered);
  }

  private void tellWhatWasOffered() {
    cancelOffered = loop.after(OFFERED_MILLIS, this::tellWhatWasOffered);
    replication.contents().clean(loop.nowMillis());
    if (inChanges) {
      driver.give(new Input.AllOffered(feed.asOfMillis(), feed.isRestUnread()));
    }
  }

  /**
   * What ends a stream.
   *
   * @param generation of the state: a restore begins another
   */
  private record Standing(boolean isToBeDeleted, long generation) {}

  private Standing standing(View view) {
    boolean isToBeDeleted = new Peerings(view).isToBeDeleted(peering.getId());
    return new Standing(isToBeDeleted, view.reads().generation());
  }

  private void standingIs(Standing standing) {
    if (standing.isToBeDeleted()) {
      replication.statuses().forget(peering.getId());
      feed.close();
      driver.give(new Input.DeleteRequested());
    } else if (generation < 0) {
      generation = standing.generation();
    } else if (generation != standing.generation()) {
      // What both ends hold of each other is not what is stored any more: the next one compares.
      String text = "the state was restored from a snapshot";
      driver.give(new Input.Stopped(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, text)));
    }
  }

  /** Ends the stream for a reason outside of it. Safe from any thread. */
  void stop(LinkStatus reason) {
    driver.stop(reason);
  }

  /** On the loop: the other end had its time to answer. */
  void stopUnlessHeard(LinkStatus reason) {
    if (!heard) {
      stop(reason);
    }
  }

  /** This server no longer leads. Safe from any thread. */
  void leadershipLost() {
    loop.execute(() -> driver.give(new Input.LeadershipLost(replication.leader())));
  }

  /** Whether the other end has said anything yet. */
  boolean isHeard() {
    return heard;
  }

  /** What the other end announced; complete once it is heard. */
  Set<String> extensions() {
    return outbound.extensions();
  }

  @Override
  public void onMessage(ReplicationMessage message) {
    loop.execute(() -> driver.guard(() -> received(message)));
  }

  private void received(ReplicationMessage message) {
    if (!heard) {
      heard = true;
      storage.begin();
      tellOfDialed();
    }
    if (replication.leadership().standing().self()) {
      agree();
      storage.heard(message, inChanges);
      driver.give(new Input.MessageReceived(message));
      // An answer makes room.
      feed.pump();
    } else {
      driver.give(new Input.LeadershipLost(replication.leader()));
    }
  }

  /** Of those that are accepted it is told when they are let in. */
  private void tellOfDialed() {
    if (isDialed) {
      replication
          .pace()
          .due("stream dialed " + peering.getId(), loop.nowMillis())
          .ifPresent(
              leftOut ->
                  LOG.info(
                      "stream connected peer={} peering={} remote={} not_told={}",
                      peering.getName(),
                      peering.getId(),
                      outbound.remote(),
                      leftOut));
    }
  }

  /** Of the first; changes are too many for a log. */
  private void tellOfExports(SortedSet<String> names) {
    if (!names.isEmpty() && replication.statuses().isFirst("exports", peering.getId())) {
      LOG.info(
          "services are exported peer={} services={} first={}",
          peering.getName(),
          names.size(),
          names.first());
    }
  }

  private void agree() {
    if (isAgreed) {
      return;
    }
    Set<String> theirs = outbound.extensions();
    isAgreed = !theirs.isEmpty();
    if (theirs.contains(Outbound.PROMPT_HEARTBEATS)) {
      driver.give(new Input.PromptHeartbeatsAgreed());
    }
    if (theirs.contains(Outbound.CHANGES)) {
      inChanges = true;
      driver.give(new Input.ChangesAgreed());
    }
  }

  @Override
  public void readHeld() {
    storage.readHeld();
  }

  @Override
  public void store(Effect.ImportChanges changes) {
    storage.store(changes);
  }

  @Override
  public void confirmed(Effect.Confirmed confirmed) {
    replication.statuses().confirmed(peering.getId(), this, confirmed, loop.nowMillis());
  }

  @Override
  public void ask(String name) {
    feed.again(name);
  }

  @Override
  public void askInOrder(List<String> names) {
    feed.inOrder(names);
  }

  @Override
  public void onReady() {
    driver.onReady();
    loop.execute(() -> driver.guard(feed::pump));
  }

  @Override
  public void onHalfClose() {
    driver.onHalfClose();
  }

  @Override
  public void onEnd(LinkStatus status) {
    driver.onEnd(status);
  }

  @Override
  public void store(Effect.Import received) {
    storage.store(received);
  }

  @Override
  public void storeTermination() {
    storage.storeTermination();
  }

  @Override
  public void refused(Effect.Refused refused) {
    LOG.warn(
        "resource not exported peer={} resource={} cause=\"{}\"",
        peering.getName(),
        refused.id(),
        refused.reason());
  }

  @Override
  public void refusedOfTheirs(ReplicationMessage.Request answer) {
    refusals.refused(answer);
  }

  @Override
  public String who() {
    return "peer=" + peering.getName();
  }

  @Override
  public void report(PeerStreamStatus status) {
    replication.statuses().report(peering.getId(), this, status, loop.nowMillis());
  }

  @Override
  public void closed(Effect.Close close) {
    cancelOffered.run();
    if (close.cause() == Effect.Cause.FAILED && replication.leadership().standing().self()) {
      feed.handOver();
    }
    feed.close();
    ownRow.ifPresent(WatchedQuery::close);
    // Who ended it need not be told, should it be deleted here, too.
    boolean isKnownThere = close.cause() == Effect.Cause.DELETED && close.status().isOk();
    if (isKnownThere || close.cause() == Effect.Cause.TERMINATED) {
      replication.farewells().done(peering.getId());
    }
    boolean isSearch =
        isDialed && !heard && close.status().code() == LinkStatus.Code.FAILED_PRECONDITION;
    if (!isSearch) {
      tellOfEnd(close);
    }
    ended.accept(close);
  }

  /** Not of the answers of followers, by which a dialer finds the leader. */
  private void tellOfEnd(Effect.Close close) {
    // An attempt that nobody answered is followed by the next one, for as long as it takes.
    LogPace pace = replication.pace();
    String kind = "stream closed " + close.cause() + peering.getId();
    OptionalLong due =
        isDialed && !heard
            ? pace.dueOfLasting("unanswered " + kind, loop.nowMillis())
            : pace.due(kind, loop.nowMillis());
    due.ifPresent(
        leftOut ->
            LOG.info(
                "stream closed peer={} peering={} cause={} remote={} status={} text={}"
                    + " not_told={}",
                peering.getName(),
                peering.getId(),
                close.cause(),
                outbound.remote(),
                close.status().code(),
                Quoted.of(close.status().text()),
                leftOut));
  }
}
