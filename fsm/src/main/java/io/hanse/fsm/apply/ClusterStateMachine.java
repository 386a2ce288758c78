package io.hanse.fsm.apply;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Command.BodyCase;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.store.FolderSync;
import io.hanse.fsm.store.SnapshotFile;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.store.Version;
import io.hanse.fsm.store.View;
import io.hanse.fsm.store.WatchRegistry;
import io.hanse.fsm.view.Tables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Folds the log into the state: the only writer of the store. The same entries make the same state
 * and the same answers on every server, whenever and however often they are applied.
 *
 * <p>{@link #apply}, {@link #advance} and loading are called by one thread, in the order of the
 * log; the rest by any. A problem of category BUG that leaves {@link #apply} means that the log and
 * this program do not fit: the process must end, as to go on would be to diverge.
 */
public final class ClusterStateMachine implements AutoCloseable {
  /** The most that one command may take in the log. */
  public static final int COMMAND_BYTES_MAX = 1 << 20;

  /** Commands up to this level are applied; at one of a higher level the process ends. */
  public static final int COMMAND_LEVEL = CommandType.LEVEL;

  private final Store store;
  private final DigestHistory digests = new DigestHistory();
  private final AtomicInteger restores = new AtomicInteger();

  /** Takes over the store. */
  public ClusterStateMachine(Store store) {
    this.store = store;
    digests.restart(store.version().logIndex(), store.version().digest());
  }

  /** Applies an entry of the log, a serialised {@link Batch}: one answer for each command. */
  public BatchResult apply(long logIndex, ByteBuffer batch) {
    boolean mayBeLarge = batch.remaining() > COMMAND_BYTES_MAX;
    return apply(logIndex, decode(batch), mayBeLarge);
  }

  public BatchResult apply(long logIndex, byte[] batch) {
    return apply(logIndex, ByteBuffer.wrap(batch));
  }

  /** Applies an entry of the log that is decoded already. */
  public BatchResult apply(long logIndex, Batch batch) {
    return apply(logIndex, batch, true);
  }

  /**
   * @param mayBeLarge whether to look how large each command is: most entries are as a whole
   *     smaller than one command may be
   */
  private BatchResult apply(long logIndex, Batch batch, boolean mayBeLarge) {
    Version before = store.version();
    Transaction rows = store.begin(logIndex, batch.getTimeMillis());
    KeptResults kept = new KeptResults(rows);
    BatchResult.Builder results = BatchResult.newBuilder();
    for (Entry entry : batch.getEntriesList()) {
      if (entry.getCommand().getBodyCase() == BodyCase.EXPIRE_CLIENTS) {
        kept.finish();
      }
      rows.nextIndex();
      results.addResults(answer(rows, kept, entry, mayBeLarge));
    }
    kept.finish();
    Version version = rows.publish();
    digests.add(logIndex, version.digest());
    if (version.isReplacementOf(before)) {
      restores.incrementAndGet();
    }
    return results.build();
  }

  /** Takes note of an entry of the log that holds no commands. */
  public void advance(long logIndex) {
    digests.add(logIndex, store.begin(logIndex, 0).publish().digest());
  }

  private static Batch decode(ByteBuffer batch) {
    try {
      return Batch.parseFrom(batch);
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN, "the log holds an entry that is no batch of commands", e);
    }
  }

  private static CommandResult answer(
      Transaction rows, KeptResults kept, Entry entry, boolean mayBeLarge) {
    if (isWithoutClient(entry)) {
      return run(rows, entry.getCommand(), mayBeLarge);
    }
    Optional<CommandResult> answered = kept.answerTo(entry);
    if (answered.isPresent()) {
      return answered.get();
    }
    CommandResult result = run(rows, entry.getCommand(), mayBeLarge);
    kept.keep(entry, result);
    return result;
  }

  /** Those that bring a client in and take it out; twice is as good as once. */
  private static boolean isWithoutClient(Entry entry) {
    BodyCase body = entry.getCommand().getBodyCase();
    return entry.getClient() == 0
        && (body == BodyCase.REGISTER_CLIENT || body == BodyCase.EXPIRE_CLIENTS);
  }

  private static CommandResult run(Transaction rows, Command command, boolean mayBeLarge) {
    CommandType type = CommandType.of(command);
    CommandResult.Builder result = CommandResult.newBuilder();
    try {
      if (mayBeLarge) {
        requireSize(command);
      }
      ApplyContext context =
          new ApplyContext(rows.publicIndex(), rows.logIndex(), rows.timeMillis(), rows);
      Applied applied = type.apply(context, command);
      return result
          .setIndex(rows.publicIndex())
          .setDone(applied.done())
          .setPayload(applied.payload())
          .build();
    } catch (ProblemException e) {
      if (e.code().category() == ProblemCode.Category.BUG) {
        throw e;
      }
      rows.rollbackCommand();
      return result
          .setIndex(rows.publicIndex())
          .setProblem(e.code().number())
          .setMessage(String.valueOf(e.getMessage()))
          .build();
    }
  }

  private static void requireSize(Command command) {
    int size = command.getSerializedSize();
    if (size > COMMAND_BYTES_MAX) {
      throw new ProblemException(
          ProblemCode.TOO_LARGE,
          "a command of " + size + " bytes is too large, at most " + COMMAND_BYTES_MAX + " are");
    }
  }

  /**
   * Writes the newest version into a file, beside applies, on the calling thread. It survives a
   * power cut once this returns.
   *
   * @param term of the newest log entry applied, for whoever reads the header
   */
  public SnapshotFile.Header writeSnapshot(long term, Path file, FolderSync disk)
      throws IOException {
    try (View view = store.view()) {
      return SnapshotFile.write(view, term, file, disk);
    }
  }

  /**
   * Puts the state of a file in place of this one; watches are woken.
   *
   * @throws ProblemException DECODE_FAILED: the file cannot be used; the state is as it was
   */
  public SnapshotFile.Header loadSnapshot(Path file) throws IOException {
    SnapshotFile.Header header = SnapshotFile.load(file, Tables.SCHEMA, store);
    digests.restart(header.logIndex(), header.digest());
    RestoreApplier.resume(store.begin(header.logIndex() + 1, header.timeMillis()));
    return header;
  }

  /** How often the log, as far as this process applied it, replaced the whole state. */
  public int restores() {
    return restores.get();
  }

  /** The newest version, pinned until it is closed. */
  public View view() {
    return store.view();
  }

  public WatchRegistry watches() {
    return store.watches();
  }

  /** The newest log index whose effect can be seen. */
  public long appliedIndex() {
    return store.version().logIndex();
  }

  public long publicIndex() {
    return store.version().publicIndex();
  }

  /** The clock of the log. */
  public long timeMillis() {
    return store.version().timeMillis();
  }

  /** Of the content; equal on all replicas at one log index. */
  public long digest() {
    return store.version().digest();
  }

  /**
   * The digest after the newest entry at or before the index.
   *
   * @return empty if that was too long ago to be known
   */
  public OptionalLong digestAt(long logIndex) {
    return digests.at(logIndex);
  }

  public Store store() {
    return store;
  }

  @Override
  public void close() {
    store.close();
  }
}
