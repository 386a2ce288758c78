package io.hanse.http.query;

import io.hanse.fsm.store.View;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The newest answers of queries whose answer depends on nothing but what they ask and what they
 * read: encoded once, then sent to all who ask the same. Those asked for longest ago make room.
 */
final class KeptAnswers {
  /** What of a request does not change its answer: when it is given, and how fresh it is. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("index", "wait", "stale", "consistent", "max_stale");

  /** What an answer takes besides its bytes, about. */
  private static final int ENTRY_BYTES = 512;

  private static final int READ_BYTES = 128;

  /** An answer is larger than the rows that it is made of. */
  private static final long LARGE_BYTES = 2 * LargeReads.TURN_BYTES;

  private record Entry(KeptAnswer kept, int bytes) {}

  private final int bytesMax;
  private final AnswerEncoder encoder;

  /** Large answers that are being made. */
  private final Map<String, CompletableFuture<KeptAnswer>> inWork = new HashMap<>();

  private final Map<String, Entry> byQuery = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * @param bytesMax of all answers
   */
  KeptAnswers(int bytesMax, AnswerEncoder encoder) {
    this.bytesMax = bytesMax;
    this.encoder = encoder;
  }

  /** What names a query: the same name, the same question. */
  static String nameOf(Call call) {
    return call.path() + "?" + call.parameters().encodedWithout(WITHOUT_EFFECT);
  }

  Optional<KeptAnswer> find(String query, View view) {
    Entry entry;
    synchronized (byQuery) {
      entry = byQuery.get(query);
    }
    return entry != null && entry.kept.isRightFor(view)
        ? Optional.of(entry.kept)
        : Optional.empty();
  }

  /**
   * Encodes an answer and keeps it, if it is not too large for that.
   *
   * @param view where all that the answer says was read
   */
  KeptAnswer keep(String query, Call call, Answer answer, View view) {
    Answer encoded = encoder.encoded(call, answer);
    KeptAnswer kept = new KeptAnswer(encoded, view);
    if (encoded.body() instanceof Answer.Body.Encoded body) {
      int size = ENTRY_BYTES + 2 * query.length() + READ_BYTES * kept.readCount() + body.size();
      put(query, new Entry(kept, size));
    }
    return kept;
  }

  /** Whether it is known of a query that its answer takes long. */
  boolean isLarge(String query) {
    synchronized (inWork) {
      if (inWork.containsKey(query)) {
        return true;
      }
    }
    synchronized (byQuery) {
      Entry before = byQuery.get(query);
      return before != null && before.bytes > LARGE_BYTES;
    }
  }

  /**
   * Makes an answer that takes long, once for all who wait for it.
   *
   * @param since the oldest version that it may be right for: one already in work may be older, and
   *     then the next one is waited for
   * @param make makes and keeps it, at the version that is the newest then
   */
  CompletableFuture<KeptAnswer> keepLarge(
      String query, long since, LargeReads large, Supplier<KeptAnswer> make) {
    CompletableFuture<KeptAnswer> mine = new CompletableFuture<>();
    CompletableFuture<KeptAnswer> other;
    synchronized (inWork) {
      other = inWork.putIfAbsent(query, mine);
    }
    if (other != null) {
      return other.thenCompose(
          made ->
              made.sequence() >= since
                  ? CompletableFuture.completedFuture(made)
                  : keepLarge(query, since, large, make));
    }
    large
        .run(make)
        .whenComplete(
            (made, failure) -> {
              synchronized (inWork) {
                inWork.remove(query);
              }
              if (failure == null) {
                mine.complete(made);
              } else {
                mine.completeExceptionally(failure);
              }
            });
    return mine;
  }

  private void put(String query, Entry entry) {
    if (entry.bytes > bytesMax / 2) {
      return;
    }
    synchronized (byQuery) {
      bytes += entry.bytes;
      Entry before = byQuery.put(query, entry);
      bytes -= before == null ? 0 : before.bytes;
      while (bytes > bytesMax) {
        String eldest = byQuery.keySet().iterator().next();
        Entry gone = byQuery.remove(eldest);
        bytes -= gone == null ? 0 : gone.bytes;
      }
    }
  }
}
