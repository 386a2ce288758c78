package io.hanse.http.query;

import io.hanse.fsm.store.View;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

  private static final int HTTP_OK = 200;

  private record Entry(KeptAnswer kept, int bytes) {}

  private final int bytesMax;
  private final boolean isIndented;
  private final Map<String, Entry> byQuery = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * @param bytesMax of all answers
   * @param isIndented whether JSON is always indented
   */
  KeptAnswers(int bytesMax, boolean isIndented) {
    this.bytesMax = bytesMax;
    this.isIndented = isIndented;
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
    Answer encoded = encoded(call, answer);
    KeptAnswer kept = new KeptAnswer(encoded, view);
    if (encoded.body() instanceof Answer.Body.Encoded body) {
      int size = ENTRY_BYTES + 2 * query.length() + READ_BYTES * kept.readCount() + body.size();
      put(query, new Entry(kept, size));
    }
    return kept;
  }

  private Answer encoded(Call call, Answer answer) {
    if (answer.status() != HTTP_OK || !(answer.body() instanceof Answer.Body.Json json)) {
      return answer;
    }
    boolean isPretty = call.parameters().has("pretty");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonWriter.write(out, isIndented || isPretty, json.content());
    if (isPretty) {
      out.write('\n');
    }
    return answer.with(new Answer.Body.Encoded(out.toByteArray()));
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
