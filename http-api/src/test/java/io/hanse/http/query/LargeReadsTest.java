package io.hanse.http.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Kv;
import io.hanse.http.LocalCluster;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.Parameters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LargeReadsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LOOP = "loop";
  private static final String LISTS = "http-list";
  private static final String VALUE = "v".repeat(100_000);

  private final ScheduledExecutorService loop =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, LOOP));
  private final LocalCluster cluster = new LocalCluster();
  private final Reads reads = new Reads(cluster, Reads.Limits.DEFAULTS, false);

  /** On which thread each answer was made. */
  private final Queue<String> made = new ConcurrentLinkedQueue<>();

  private final Handler kept = reads.kept(Metadata.PLAIN, this::list);
  private final Handler unkept = reads.blocking(Metadata.PLAIN, this::list);

  @AfterEach
  void close() {
    reads.close();
    loop.shutdownNow();
    cluster.close();
  }

  @Test
  void shouldReadALittleOnTheLoop() {
    write("a", "1");

    for (Handler handler : List.of(kept, unkept)) {
      assertThat(text(ask(handler, "").join())).contains("\"Key\":\"a\"");
    }
    assertThat(made).containsExactly(LOOP, LOOP);
  }

  @Test
  void shouldReadMuchElsewhereAndAnswerItEncoded() {
    for (int i = 0; i < 5; i++) {
      write("k" + i, VALUE);
    }
    for (Handler handler : List.of(kept, unkept)) {
      made.clear();
      Answer answer = ask(handler, "").orTimeout(60, TimeUnit.SECONDS).join();
      assertThat(text(answer)).contains("\"Key\":\"k0\"", "\"Key\":\"k4\"");
      assertThat(answer.headers()).containsKey("X-Consul-Index");
      assertThat(made).containsExactly(LISTS);
    }
  }

  @Test
  void shouldHoldAndWakeWhatIsLarge() {
    for (int i = 0; i < 5; i++) {
      write("k" + i, VALUE);
    }
    for (Handler handler : List.of(kept, unkept)) {
      Answer before = ask(handler, "").join();
      String index = before.headers().get("X-Consul-Index");
      CompletableFuture<Answer> waiting = ask(handler, "wait=5m&index=" + index);
      await().atMost(PATIENCE).until(() -> reads.parkedCount() == 1);

      write("news", index);

      assertThat(text(waiting.orTimeout(60, TimeUnit.SECONDS).join())).contains("news");
      assertThat(reads.parkedCount()).isZero();
    }
    assertThat(made).doesNotContain(LOOP);
  }

  @Test
  void shouldMakeALargeAnswerOnceForAllWhoWaitForIt() {
    for (int i = 0; i < 5; i++) {
      write("k" + i, VALUE);
    }
    Answer before = ask(kept, "").join();
    String index = before.headers().get("X-Consul-Index");
    int count = 200;
    List<CompletableFuture<Answer>> waiting = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      waiting.add(ask(kept, "wait=5m&index=" + index));
    }
    await().atMost(PATIENCE).until(() -> reads.parkedCount() == count);
    made.clear();

    write("news", "1");

    CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new))
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
    assertThat(waiting).allSatisfy(one -> assertThat(text(one.join())).contains("news"));
    assertThat(made).containsExactly(LISTS);
  }

  /** It runs again on a loop that goes on after an error, and nobody else would answer. */
  @Test
  void shouldAnswerWhoWaitsWhereAnErrorEndsTheQuery() {
    AtomicBoolean isBroken = new AtomicBoolean();
    Handler handler =
        reads.blocking(
            Metadata.PLAIN,
            (call, view) -> {
              if (isBroken.get()) {
                throw new NoClassDefFoundError("a class that nobody missed");
              }
              return list(call, view);
            });
    write("a", "1");
    String index = ask(handler, "").join().headers().get("X-Consul-Index");
    CompletableFuture<Answer> waiting = ask(handler, "wait=5m&index=" + index);
    await().atMost(PATIENCE).until(() -> reads.parkedCount() == 1);
    isBroken.set(true);
    write("b", "1");
    assertThat(waiting)
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .havingRootCause()
        .isInstanceOf(NoClassDefFoundError.class);
    assertThat(reads.parkedCount()).isZero();
  }

  private Answer list(Call call, View view) {
    List<KvEntry> entries = new Kv(view).list("");
    made.add(Thread.currentThread().getName());
    return Answer.json(entries);
  }

  private CompletableFuture<Answer> ask(Handler handler, String query) {
    return CompletableFuture.supplyAsync(() -> handler.handle(call(query)), loop)
        .thenCompose(answer -> answer);
  }

  private Call call(String query) {
    Parameters parameters = Parameters.parse(query).orElseThrow();
    return new Call("GET", "/v1/kv/", parameters, name -> null, new byte[0], loop);
  }

  private String text(Answer answer) {
    Answer encoded = new AnswerEncoder(false).encoded(call(""), answer);
    return new String(((Answer.Body.Encoded) encoded.body()).bytes(), StandardCharsets.UTF_8);
  }

  private void write(String key, String value) {
    cluster
        .submit(
            Command.newBuilder()
                .setWriteKv(
                    WriteKv.newBuilder()
                        .setEntry(
                            KvEntry.newBuilder()
                                .setKey(key)
                                .setValue(ByteString.copyFromUtf8(value))))
                .build())
        .join();
  }
}
