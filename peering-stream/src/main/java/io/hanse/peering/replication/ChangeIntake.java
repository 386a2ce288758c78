package io.hanse.peering.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemCode.Category;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.CompleteImport;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.ImportChanges;
import io.hanse.fsm.row.ImportOutcome;
import io.hanse.fsm.row.StageImport;
import io.hanse.peering.protocol.PeerTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Brings the changes of one message to the log in as few commands as they fit in. Each service is
 * stored whole or not at all, and one that cannot be does not keep back the others. Used once.
 */
final class ChangeIntake {
  /** So that other writes wait no longer for a command than for some others. */
  private static final int GROUP_BYTES_MAX = 512 << 10;

  private static final int PART_BYTES_MAX = 512 << 10;

  /** The log takes no more of one service. */
  private static final int PARTS_MAX = 20;

  /** A mark is kept beside what is stored, and no quota counts it; ours take 16. */
  private static final int MARK_BYTES_MAX = 64;

  /** What a command takes besides its changes. */
  private static final int FRAMING_BYTES = 1_024;

  /**
   * What became of the changes.
   *
   * @param index under which all are stored but those named
   * @param refusals by position
   * @param misfits positions of differences to something else than what is stored
   */
  record Outcome(long index, Map<Integer, String> refusals, Set<Integer> misfits) {}

  private final LogWriter writer;
  private final RemovalTurns turns;
  private final String peer;
  private final long fence;
  private final int commandBytesMax;
  private final RowOrder order = new RowOrder();
  private final Map<Integer, String> refusals = new TreeMap<>();
  private final Set<Integer> misfits = new TreeSet<>();
  private long index;

  ChangeIntake(LogWriter writer, RemovalTurns turns, String peer, long fence, int commandBytesMax) {
    this.writer = writer;
    this.turns = turns;
    this.peer = peer;
    this.fence = fence;
    this.commandBytesMax = commandBytesMax;
  }

  /**
   * Stores them. Fails where the log did not take one: then the stream must end, and the next one
   * finds out what is held.
   *
   * @param refused by position: those that are not to be stored
   */
  CompletableFuture<Outcome> store(List<ImportChange> changes, Map<Integer, String> refused) {
    refusals.putAll(refused);
    List<List<Integer>> groups = groups(changes);
    CompletableFuture<Void> all = done();
    boolean isBehindLarge = false;
    for (List<Integer> group : groups) {
      ImportChange first = changes.get(group.get(0));
      if (isLarge(first, commandBytesMax)) {
        // Services share rows: what comes before it is stored before it, and the rest behind it.
        all = all.thenCompose(before -> stage(group.get(0), first));
        isBehindLarge = true;
      } else if (isBehindLarge) {
        all = all.thenCompose(before -> together(group, changes));
      } else if (groups.size() == 1) {
        // What came before the message has been waited for, where there was need.
        all = together(group, changes);
      } else {
        RowOrder.Words words = RowOrder.Words.of(group.stream().map(changes::get).toList());
        all = CompletableFuture.allOf(all, order.store(words, () -> together(group, changes)));
      }
    }
    return all.thenApply(done -> new Outcome(index, refusals, misfits));
  }

  /** By position: those that fit into a command together, and each alone that fits into none. */
  private List<List<Integer>> groups(List<ImportChange> changes) {
    List<List<Integer>> groups = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < changes.size(); i++) {
      ImportChange change = changes.get(i);
      if (refusals.containsKey(i)) {
        continue;
      }
      Optional<String> flaw = flaw(change);
      if (flaw.isPresent()) {
        refusals.put(i, flaw.get());
        continue;
      }
      int size = change.getSerializedSize();
      boolean isLarge = isLarge(change, commandBytesMax);
      if (groups.isEmpty() || isLarge || bytes + size > GROUP_BYTES_MAX) {
        groups.add(new ArrayList<>());
        bytes = 0;
      }
      groups.get(groups.size() - 1).add(i);
      bytes = isLarge ? GROUP_BYTES_MAX : bytes + size;
    }
    return groups;
  }

  /** Whether one of them does not fit into a command. */
  static boolean areLarge(List<ImportChange> changes, int commandBytesMax) {
    return changes.stream().anyMatch(change -> isLarge(change, commandBytesMax));
  }

  private static boolean isLarge(ImportChange change, int commandBytesMax) {
    return change.getSerializedSize() + FRAMING_BYTES > commandBytesMax;
  }

  private int partBytes() {
    return Math.min(PART_BYTES_MAX, commandBytesMax / 2);
  }

  private Optional<String> flaw(ImportChange change) {
    if (change.getService().isEmpty()) {
      return Optional.of("a change names no service");
    }
    Optional<String> tooLong = PeerTexts.tooLong("service name", change.getService());
    if (tooLong.isPresent()) {
      return tooLong;
    }
    if (change.getMark().size() > MARK_BYTES_MAX) {
      return Optional.of(
          "a mark is too long to be kept: %d > %d"
              .formatted(change.getMark().size(), MARK_BYTES_MAX));
    }
    int bytes = change.getSerializedSize();
    long bytesMax = (long) PARTS_MAX * partBytes();
    if (isLarge(change, commandBytesMax) && bytes > bytesMax) {
      return Optional.of(
          "service \"%s\" is too large to be stored: %d > %d"
              .formatted(change.getService(), bytes, bytesMax));
    }
    return ImportIntake.flaw(change.getService(), change.getInstancesList());
  }

  /** All in one command, or in some one behind the other where these take many rows away. */
  private CompletableFuture<Void> together(List<Integer> positions, List<ImportChange> changes) {
    List<String> replaced =
        positions.stream()
            .map(changes::get)
            .filter(change -> change.getBase().isEmpty())
            .map(ImportChange::getService)
            .toList();
    return turns.areMany(replaced) ? inTurns(positions, changes) : submit(positions, changes);
  }

  private CompletableFuture<Void> inTurns(List<Integer> positions, List<ImportChange> changes) {
    List<String> services =
        positions.stream().map(position -> changes.get(position).getService()).toList();
    return turns
        .next(
            () -> {
              int count = turns.fitting(services);
              return submit(positions.subList(0, count), changes).thenApply(done -> count);
            })
        .thenCompose(
            count ->
                count == positions.size()
                    ? done()
                    : inTurns(positions.subList(count, positions.size()), changes));
  }

  /** All in one command; where it is refused for what it holds, one by one. */
  private CompletableFuture<Void> submit(List<Integer> positions, List<ImportChange> changes) {
    ImportChanges.Builder command = ImportChanges.newBuilder().setPeer(peer).setFence(fence);
    positions.forEach(position -> command.addChanges(changes.get(position)));
    return writer
        .submit(Command.newBuilder().setImportChanges(command).build())
        .handle(
            (result, failure) -> {
              if (failure == null) {
                taken(result, positions);
                return done();
              }
              ProblemException problem = LogWriter.problemOf(failure);
              if (problem.code().category() != Category.CALLER) {
                return CompletableFuture.<Void>failedFuture(problem);
              }
              // The peering has ended: none of its changes is to blame.
              boolean isOfSource = problem.code() == ProblemCode.FAILED_PRECONDITION;
              if (isOfSource || positions.size() == 1) {
                String reason = String.valueOf(problem.getMessage());
                positions.forEach(position -> refusals.put(position, reason));
                return done();
              }
              CompletableFuture<Void> alone = done();
              for (int position : positions) {
                alone = alone.thenCompose(before -> submit(List.of(position), changes));
              }
              return alone;
            })
        .thenCompose(next -> next);
  }

  private static CompletableFuture<Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  private void taken(CommandResult result, List<Integer> positions) {
    if (!result.getDone()) {
      throw new ProblemException(ProblemCode.NOT_LEADER, "a newer stream imports for this peering");
    }
    try {
      for (int misfit : ImportOutcome.parseFrom(result.getPayload()).getMisfitsList()) {
        misfits.add(positions.get(misfit));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(ProblemCode.DECODE_FAILED, "an answer of the log", e);
    }
    index = Math.max(index, result.getIndex());
  }

  /** Part by part, and then shown by one command. */
  private CompletableFuture<Void> stage(int position, ImportChange change) {
    ByteString content = change.toByteString();
    int partBytes = partBytes();
    int parts = (content.size() + partBytes - 1) / partBytes;
    CompletableFuture<CommandResult> last = CompletableFuture.completedFuture(null);
    for (int part = 0; part < parts; part++) {
      StageImport stage =
          StageImport.newBuilder()
              .setPeer(peer)
              .setService(change.getService())
              .setFence(fence)
              .setPart(part)
              .setContent(
                  content.substring(
                      part * partBytes, Math.min(content.size(), (part + 1) * partBytes)))
              .build();
      last =
          last.thenCompose(
              before -> writer.submit(Command.newBuilder().setStageImport(stage).build()));
    }
    CompleteImport complete =
        CompleteImport.newBuilder()
            .setPeer(peer)
            .setService(change.getService())
            .setFence(fence)
            .setParts(parts)
            .build();
    return last.thenCompose(
            before -> writer.submit(Command.newBuilder().setCompleteImport(complete).build()))
        .handle(
            (result, failure) -> {
              if (failure == null) {
                taken(result, List.of(position));
                return done();
              }
              ProblemException problem = LogWriter.problemOf(failure);
              // A refusal undoes all that its command did, the removal of the parts as well.
              CompletableFuture<CommandResult> dropped = writer.submit(dropOfParts(peer, fence));
              if (problem.code().category() != Category.CALLER) {
                return CompletableFuture.<Void>failedFuture(problem);
              }
              refusals.put(position, String.valueOf(problem.getMessage()));
              return dropped.<Void>handle((drop, notDropped) -> null);
            })
        .thenCompose(next -> next);
  }

  /**
   * Drops the parts that were laid down and not shown.
   *
   * @param fence of the stream that laid them down: a newer one's stay
   */
  static Command dropOfParts(String peer, long fence) {
    return Command.newBuilder()
        .setCompleteImport(CompleteImport.newBuilder().setPeer(peer).setFence(fence))
        .build();
  }
}
