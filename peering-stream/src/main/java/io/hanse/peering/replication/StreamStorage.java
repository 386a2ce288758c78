package io.hanse.peering.replication;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.TerminatePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Servers;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.PeerTexts;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one stream stores: brings to the log what its rules want there, tells them what became of
 * it, and notes how old what is imported is. Used on the stream's loop only.
 */
final class StreamStorage {
  private static final Logger LOG = LoggerFactory.getLogger(StreamStorage.class);

  /** What a termination under a fence needs: see {@code Command.level}. */
  private static final int FENCED_LEVEL = 5;

  private static final LinkStatus BROKEN =
      LinkStatus.of(LinkStatus.Code.INTERNAL, "internal error");

  private static final LinkStatus ROOM_AGAIN =
      LinkStatus.of(
          LinkStatus.Code.UNAVAILABLE, "there is room again for what was refused: send it anew");

  private final Replication replication;
  private final Loop loop;
  private final Peering peering;
  private final PeerStream stream;
  private final Consumer<Input> rules;
  private final LogWriter writer;
  private final ImportIntake intake;
  private final RefusalLog refusals;

  /**
   * Stores for one stream.
   *
   * @param rules told what became of what they wanted
   */
  StreamStorage(
      Replication replication,
      Loop loop,
      Peering peering,
      PeerStream stream,
      Consumer<Input> rules) {
    this.replication = replication;
    this.loop = loop;
    this.peering = peering;
    this.stream = stream;
    this.rules = rules;
    ReplicationSettings settings = replication.settings();
    refusals = new RefusalLog(peering.getName(), LOG::warn);
    AwaitedRoom room =
        new AwaitedRoom(
            loop,
            replication.state(),
            replication.rooms().of(peering.getId()),
            () -> imports().isEmpty(),
            () -> rules.accept(new Input.Stopped(ROOM_AGAIN)));
    RemovalTurns turns = new RemovalTurns(replication.state(), peering.getName());
    GatheredImports gathered =
        new GatheredImports(loop, replication.submitter(), turns::fittingContents);
    writer =
        new LogWriter(
            loop,
            command ->
                gathered
                    .submit(command)
                    .whenComplete(
                        (result, failure) -> {
                          if (failure != null) {
                            room.failed(command, failure);
                          }
                        }),
            settings.submitAttempts());
    intake =
        new ImportIntake(
            writer,
            replication.state(),
            peering.getId(),
            peering.getName(),
            settings.commandBytesMax(),
            new RivalRoots(
                peering.getId(),
                peering.getName(),
                replication.pace(),
                loop::nowMillis,
                LOG::warn));
  }

  private Optional<ImportFreshness> imports() {
    return replication.statuses().imports(peering.getId(), stream);
  }

  /** The other end was heard for the first time. */
  void begin() {
    imports().ifPresent(freshness -> freshness.begin(importedServices()));
  }

  private Set<String> importedServices() {
    try (View view = replication.state().view()) {
      return new Peerings(view).importedServices(peering.getName());
    }
  }

  /** The other end says something, in changes or in wholes. */
  void heard(ReplicationMessage message, boolean inChanges) {
    imports().ifPresent(freshness -> freshness.heard(message, inChanges, loop.nowMillis()));
  }

  /** Answers by what is held once nothing that an earlier stream brings is stored any more. */
  void readHeld() {
    then(intake.begin(), begun -> rules.accept(new Input.HeldRead(held())));
  }

  private SortedMap<String, ByteString> held() {
    SortedMap<String, ByteString> marks = new TreeMap<>();
    try (View view = replication.state().view()) {
      new Peerings(view)
          .importMarks(peering.getName())
          .values()
          .forEach(row -> marks.put(row.getService(), row.getMark()));
    }
    return marks;
  }

  void store(Effect.ImportChanges changes) {
    imports()
        .ifPresent(
            freshness ->
                changes.changes().forEach(change -> freshness.arrived(change.getService())));
    then(
        intake.store(changes.changes(), changes.refusals()),
        outcome -> {
          changes.changes().stream()
              .filter(change -> change.getInstancesCount() > 0)
              .findFirst()
              .ifPresent(change -> tellOfImports(change.getService()));
          refusals.refused(changes.changes(), outcome.refusals());
          imports()
              .ifPresent(
                  freshness -> freshness.stored(changes.changes(), outcome, loop.nowMillis()));
          rules.accept(
              new Input.ChangesStored(
                  changes.number(), outcome.index(), outcome.refusals(), outcome.misfits()));
        });
  }

  void store(Effect.Import received) {
    imports().ifPresent(freshness -> freshness.arrived(received));
    then(
        intake.store(received.type(), received.id(), received.payload()),
        problem -> {
          if (problem.isEmpty() && received.type().equals(PeerResources.SERVICE)) {
            tellOfImports(received.id());
          }
          imports().ifPresent(freshness -> freshness.stored(received, problem, loop.nowMillis()));
          rules.accept(new Input.ImportFinished(received.sequence(), problem));
        });
  }

  /** Of the first; changes are too many for a log. */
  private void tellOfImports(String service) {
    if (replication.statuses().isFirst("imports", peering.getId())) {
      LOG.info(
          "services are imported peer={} first={}", peering.getName(), PeerTexts.shown(service));
    }
  }

  /**
   * Goes on, on the loop; where the log did not take it, the stream must end. That is left to what
   * is said of a deletion here, where nothing is stored any more: the other end has to confirm it.
   */
  private <T> void then(CompletableFuture<T> stored, Consumer<T> next) {
    whenDone(
        stored,
        (result, failure) -> {
          if (failure == null && result != null) {
            next.accept(result);
          } else if (!isToBeDeleted()) {
            rules.accept(new Input.Stopped(notStored("received resources", failure)));
          }
        });
  }

  private <T> void whenDone(
      CompletableFuture<T> stored, BiConsumer<@Nullable T, @Nullable Throwable> next) {
    stored.whenComplete(
        (result, failure) ->
            loop.execute(
                () -> {
                  try {
                    next.accept(result, failure);
                  } catch (RuntimeException | Error e) {
                    // Whoever waits for what becomes of it would wait for ever.
                    LOG.error("stream broken off peer={}", peering.getName(), e);
                    rules.accept(new Input.Stopped(BROKEN));
                  }
                }));
  }

  /** Under the fence of this stream: what was established since it began does not end with it. */
  void storeTermination() {
    whenDone(
        intake.begin().thenCompose(opened -> writer.submit(termination(opened.getIndex()))),
        (result, failure) -> {
          boolean isStored = result != null && (result.getDone() || !isStillThere());
          rules.accept(
              isStored || isEnded(failure)
                  ? new Input.TerminationStored()
                  : new Input.Stopped(notStored("the termination", failure)));
        });
  }

  private Command termination(long fence) {
    TerminatePeering.Builder termination = TerminatePeering.newBuilder().setId(peering.getId());
    if (isOfOlderServers()) {
      return Command.newBuilder().setTerminatePeering(termination).build();
    }
    return Command.newBuilder()
        .setLevel(FENCED_LEVEL)
        .setTerminatePeering(termination.setFence(fence).setPeerId(peering.getPeerId()))
        .build();
  }

  /** Amid an upgrade there are servers that would stop at a fence here. */
  private boolean isOfOlderServers() {
    try (View view = replication.state().view()) {
      return new Servers(view).below(FENCED_LEVEL).isPresent();
    }
  }

  /**
   * No stream can begin to import any more: what was to be stored is. Unless it can't for another
   * reason than that the peering ended.
   */
  private boolean isEnded(@Nullable Throwable failure) {
    return failure != null
        && LogWriter.problemOf(failure).code() == ProblemCode.FAILED_PRECONDITION
        && !isStillThere();
  }

  private boolean isToBeDeleted() {
    try (View view = replication.state().view()) {
      return new Peerings(view).isToBeDeleted(peering.getId());
    } catch (ProblemException e) {
      // The server ends.
      return false;
    }
  }

  /** Then it is a newer stream that goes on with it. */
  private boolean isStillThere() {
    try (View view = replication.state().view()) {
      return new Peerings(view)
          .byId(peering.getId())
          .filter(Peerings::isActive)
          .filter(stored -> stored.getPeerId().equals(peering.getPeerId()))
          .isPresent();
    }
  }

  private static LinkStatus notStored(String what, @Nullable Throwable failure) {
    return LinkStatus.of(
        LinkStatus.Code.UNAVAILABLE,
        what
            + " can't be stored: "
            + (failure == null ? "a newer stream imports" : LogWriter.messageOf(failure)));
  }
}
