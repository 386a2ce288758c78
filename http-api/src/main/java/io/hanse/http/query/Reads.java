package io.hanse.http.query;

import io.hanse.fsm.port.StateReader;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Handler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes handlers of queries: fresh enough, held back where asked, with the headers they carry. */
public final class Reads {
  /**
   * The bounds of reads.
   *
   * @param patience how long a read waits for a leader
   * @param parkedMax how many may be held back at a time
   */
  public record Limits(Duration patience, int parkedMax) {
    public static final Limits DEFAULTS = new Limits(Duration.ofSeconds(7), 100_000);
  }

  private final StateReader reader;
  private final Limits limits;
  private final AtomicInteger parked = new AtomicInteger();

  public Reads(StateReader reader, Limits limits) {
    this.reader = reader;
    this.limits = limits;
  }

  /** A read that can wait for a change. */
  public Handler blocking(Metadata metadata, Query query) {
    return new ReadHandler(metadata, staged(query), true, false);
  }

  /** A read that answers at once, whatever index it is given. */
  public Handler once(Metadata metadata, Query query) {
    return new ReadHandler(metadata, staged(query), false, false);
  }

  /** A read that can wait for a change and is never stale, for part of it only the leader knows. */
  public Handler blockingAtLeader(Metadata metadata, Query.Staged query) {
    return new ReadHandler(metadata, query, true, true);
  }

  /** How many queries are held back now. */
  public int parkedCount() {
    return parked.get();
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

    ReadHandler(Metadata metadata, Query.Staged query, boolean blocks, boolean atLeader) {
      this.metadata = metadata;
      this.query = query;
      this.blocks = blocks;
      this.atLeader = atLeader;
    }

    @Override
    public CompletableFuture<Answer> handle(Call call) {
      QueryOptions options = QueryOptions.parse(call.parameters());
      QueryOptions.requireCacheControl(call.header("Cache-Control").orElse(""));
      if (atLeader) {
        options = options.at(StateReader.Level.DEFAULT);
      }
      return new BlockingQuery(reader, limits, parked, call, options, metadata, query, blocks)
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
