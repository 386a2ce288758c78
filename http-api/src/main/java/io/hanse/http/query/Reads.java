package io.hanse.http.query;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Handler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes handlers of queries: fresh enough, held back where asked, with the headers they carry. */
public final class Reads implements AutoCloseable {
  /**
   * The bounds of reads.
   *
   * @param patience how long a read waits for a leader
   * @param parkedMax how many may be held back at a time
   * @param keptBytesMax of answers that are kept encoded
   * @param readBytesMax of the rows of one answer
   * @param waits how long reads may be held back
   */
  public record Limits(
      Duration patience,
      int parkedMax,
      int keptBytesMax,
      long readBytesMax,
      QueryOptions.Waits waits) {
    /**
     * Rows are read, decoded and printed: an answer takes several times as much, on each thread.
     */
    private static final int READ_SHARE = 16;

    public static final Limits DEFAULTS =
        new Limits(
            Duration.ofSeconds(7),
            StoreSettings.CLIENT_WATCHES_MAX,
            16 << 20,
            Runtime.getRuntime().maxMemory() / READ_SHARE,
            QueryOptions.Waits.DEFAULTS);

    public Limits withReadBytesMax(long max) {
      return new Limits(patience, parkedMax, keptBytesMax, max, waits);
    }
  }

  private final StateReader reader;
  private final Limits limits;
  private final KeptAnswers kept;
  private final AnswerEncoder encoder;
  private final LargeReads large = new LargeReads();
  private final AtomicInteger parked = new AtomicInteger();

  /**
   * @param isIndented whether JSON is always indented
   */
  public Reads(StateReader reader, Limits limits, boolean isIndented) {
    this.reader = reader;
    this.limits = limits;
    this.encoder = new AnswerEncoder(isIndented);
    this.kept = new KeptAnswers(limits.keptBytesMax(), encoder);
  }

  /**
   * A read that can wait for a change, and whose answer depends on nothing but the call's path and
   * query and what it reads from the view: it is kept, encoded, while it is right. Once tokens
   * decide on what is seen, a token's rights belong to the question, too.
   */
  public Handler kept(Metadata metadata, Query query) {
    return new ReadHandler(metadata, staged(query), true, false, true);
  }

  /** A read that can wait for a change. */
  public Handler blocking(Metadata metadata, Query query) {
    return new ReadHandler(metadata, staged(query), true, false, false);
  }

  /** A read that answers at once, whatever index it is given. */
  public Handler once(Metadata metadata, Query query) {
    return new ReadHandler(metadata, staged(query), false, false, false);
  }

  /**
   * A read that can wait for a change, and part of which only the leader knows: it is told what is
   * newest, unless it is told that what is here will do.
   */
  public Handler blockingAtLeader(Metadata metadata, Query.Staged query) {
    return new ReadHandler(metadata, query, true, true, false);
  }

  /** How many queries are held back now. */
  public int parkedCount() {
    return parked.get();
  }

  @Override
  public void close() {
    large.close();
  }

  private static Query.Staged staged(Query query) {
    return (call, view) -> {
      Answer answer = query.answer(call, view);
      return () -> CompletableFuture.completedFuture(answer);
    };
  }

  private final class ReadHandler implements Handler {
    private final Metadata metadata;
    private final Query.Staged query;
    private final boolean blocks;
    private final boolean atLeader;
    private final boolean isKept;

    ReadHandler(
        Metadata metadata, Query.Staged query, boolean blocks, boolean atLeader, boolean isKept) {
      this.metadata = metadata;
      this.query = query;
      this.blocks = blocks;
      this.atLeader = atLeader;
      this.isKept = isKept;
    }

    @Override
    public CompletableFuture<Answer> handle(Call call) {
      QueryOptions options = QueryOptions.parse(call.parameters(), limits.waits());
      QueryOptions.requireCacheControl(call.header("Cache-Control").orElse(""));
      if (atLeader && options.level() != StateReader.Level.STALE) {
        options = options.at(StateReader.Level.DEFAULT);
      }
      return new BlockingQuery(
              reader,
              limits,
              parked,
              call,
              options,
              new BlockingQuery.Question(
                  query, metadata, isKept ? Optional.of(kept) : Optional.empty(), encoder, large),
              blocks)
          .start();
    }

    @Override
    public boolean isBlocking() {
      return blocks;
    }

    @Override
    public Map<String, String> headersUnread() {
      return metadata.headersUnread();
    }
  }
}
