package io.hanse.http.endpoints;

import com.google.protobuf.ByteString;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.ServerCall;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Level;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Servers;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.ProblemResponses;
import io.hanse.http.json.JsonWriter;
import io.hanse.http.query.Reads;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@code /v1/internal/state-digest}: whether all servers have the same state. */
public final class DigestEndpoints {
  /** Of the question between servers: eight bytes, the log index. */
  public static final String QUESTION = "state-digest";

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long PAUSE_MILLIS = 100;
  private static final int ATTEMPTS = 20;

  private final StateReader reader;
  private final Membership membership;
  private final ServerCall servers;

  DigestEndpoints(StateReader reader, Membership membership, ServerCall servers) {
    this.reader = reader;
    this.membership = membership;
    this.servers = servers;
  }

  /**
   * What a server says.
   *
   * @param digest empty where there is none; then the problem says why
   */
  private record Said(String raftId, Optional<Long> digest, String problem) {}

  public CompletableFuture<Answer> compare(Call call) {
    return reader
        .fresh(Level.DEFAULT, Reads.Limits.DEFAULTS.patience())
        .thenCompose(
            fresh -> {
              long logIndex;
              try (View view = reader.view()) {
                logIndex = view.logIndex();
              }
              return ask(call, logIndex);
            });
  }

  private CompletableFuture<Answer> ask(Call call, long logIndex) {
    List<CompletableFuture<Said>> asked = new ArrayList<>();
    for (Membership.Member member : membership.knownMembers()) {
      asked.add(ask(call, member.raftId(), logIndex, ATTEMPTS));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(
            all -> {
              List<Said> said = asked.stream().map(CompletableFuture::join).toList();
              Map<String, String> names = names();
              return Answer.json(out -> write(out, logIndex, said, names));
            });
  }

  /** A server that has not applied so much yet is asked again. */
  private CompletableFuture<Said> ask(Call call, String raftId, long logIndex, int attempts) {
    ByteString question = ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, logIndex));
    return servers
        .callServer(raftId, QUESTION, question, PATIENCE)
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (answer, failure) -> {
              if (failure != null) {
                return said(raftId, String.valueOf(ProblemResponses.unwrap(failure).getMessage()));
              }
              if (answer.isEmpty() && attempts > 1) {
                return CompletableFuture.supplyAsync(
                        () -> ask(call, raftId, logIndex, attempts - 1),
                        CompletableFuture.delayedExecutor(
                            PAUSE_MILLIS, TimeUnit.MILLISECONDS, call.executor()))
                    .thenCompose(again -> again);
              }
              return answer.isEmpty()
                  ? said(raftId, "does not know its digest at this index")
                  : CompletableFuture.completedFuture(
                      new Said(raftId, Optional.of(answer.asReadOnlyByteBuffer().getLong()), ""));
            })
        .thenCompose(said -> said);
  }

  private static CompletableFuture<Said> said(String raftId, String problem) {
    return CompletableFuture.completedFuture(new Said(raftId, Optional.empty(), problem));
  }

  private Map<String, String> names() {
    try (View view = reader.view()) {
      return new Servers(view).nodes();
    }
  }

  private static void write(
      JsonWriter out, long logIndex, List<Said> all, Map<String, String> names) {
    boolean isKnown = all.stream().allMatch(said -> said.digest().isPresent());
    long different = all.stream().flatMap(said -> said.digest().stream()).distinct().count();
    out.beginObject()
        .field("LogIndex", logIndex)
        .field("Equal", different <= 1)
        .field("Complete", isKnown)
        .key("Servers")
        .beginArray();
    for (Said said : all) {
      out.beginObject()
          .field("ID", said.raftId())
          .field("Node", names.getOrDefault(said.raftId(), ""))
          .field("Digest", said.digest().map(DigestEndpoints::hex).orElse(""))
          .field("Problem", said.problem())
          .endObject();
    }
    out.endArray().endObject();
  }

  private static String hex(long digest) {
    return String.format(Locale.ROOT, "%016x", digest);
  }
}
