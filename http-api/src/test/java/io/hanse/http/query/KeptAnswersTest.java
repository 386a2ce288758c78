package io.hanse.http.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeregisterCatalog;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.http.LocalCluster;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Parameters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptAnswersTest {
  private static final int ROOM = 1 << 20;
  private static final int WORDS = 3;

  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final LocalCluster cluster = new LocalCluster();

  @AfterEach
  void close() {
    executor.shutdownNow();
    cluster.close();
  }

  @Test
  void isEncodedOnceForAllWhoAskTheSame() {
    register(cluster, "n1", "web", "passing");
    KeptAnswers answers = new KeptAnswers(ROOM, new AnswerEncoder(false));

    KeptAnswer first = ask(answers, "web", "stale");
    KeptAnswer second = ask(answers, "web", "index=7&wait=1s");

    assertThat(second).isSameAs(first);
    assertThat(text(first)).contains("\"Node\":\"n1\"");
  }

  @Test
  void isLeftAloneByAChangeElsewhereAndReplacedByOneOfItsOwn() {
    register(cluster, "n1", "web", "passing");
    KeptAnswers answers = new KeptAnswers(ROOM, new AnswerEncoder(false));
    KeptAnswer first = ask(answers, "web", "");

    register(cluster, "n2", "db", "passing");
    assertThat(ask(answers, "web", "")).isSameAs(first);

    register(cluster, "n1", "web", "critical");
    assertThat(text(ask(answers, "web", ""))).contains("critical");
  }

  @Test
  void tellsQuestionsApart() {
    register(cluster, "n1", "web", "critical");
    KeptAnswers answers = new KeptAnswers(ROOM, new AnswerEncoder(false));

    assertThat(ask(answers, "web", "pretty")).isNotSameAs(ask(answers, "web", ""));
    assertThat(text(ask(answers, "web", "pretty"))).startsWith("[\n    {").endsWith("]\n");
    assertThat(ask(answers, "web", "tag=a")).isNotSameAs(ask(answers, "web", "tag=b"));
    assertThat(ask(answers, "we", "")).isNotSameAs(ask(answers, "web", ""));
  }

  @Test
  void thoseAskedForLongestAgoMakeRoom() {
    KeptAnswers answers = new KeptAnswers(4 << 10, new AnswerEncoder(false));
    KeptAnswer first = ask(answers, "service-0", "");

    for (int i = 1; i < 20; i++) {
      ask(answers, "service-" + i, "");
    }

    assertThat(ask(answers, "service-0", "")).isNotSameAs(first);
  }

  @Test
  void allWhoWaitShareOneWatch() {
    register(cluster, "n1", "web", "passing");
    KeptAnswer kept = ask(new KeptAnswers(ROOM, new AnswerEncoder(false)), "web", "");
    List<String> woken = new ArrayList<>();

    kept.await(cluster, () -> woken.add("first"));
    Runnable leave = kept.await(cluster, () -> woken.add("second"));
    kept.await(cluster, () -> woken.add("third"));
    assertThat(cluster.watchCount()).isEqualTo(1);
    leave.run();
    register(cluster, "n2", "db", "passing");
    assertThat(woken).isEmpty();
    register(cluster, "n1", "web", "critical");

    assertThat(woken).containsExactly("first", "third");
    assertThat(cluster.watchCount()).isZero();
  }

  @Test
  void theLastWhoLeavesEndsTheWatch() {
    KeptAnswer kept = ask(new KeptAnswers(ROOM, new AnswerEncoder(false)), "web", "");

    Runnable first = kept.await(cluster, () -> {});
    Runnable second = kept.await(cluster, () -> {});
    first.run();
    assertThat(cluster.watchCount()).isEqualTo(1);
    second.run();

    assertThat(cluster.watchCount()).isZero();
  }

  @Test
  void whoComesLateIsWokenAtOnce() {
    KeptAnswer kept = ask(new KeptAnswers(ROOM, new AnswerEncoder(false)), "web", "");
    register(cluster, "n1", "web", "passing");
    List<String> woken = new ArrayList<>();

    kept.await(cluster, () -> woken.add("late"));

    assertThat(woken).containsExactly("late");
    assertThat(cluster.watchCount()).isZero();
  }

  /** Whatever is written between, a kept answer says what a new one would. */
  @Property(tries = 200)
  void isNeverOutOfDate(@ForAll @Size(max = 40) List<@IntRange(max = 107) Integer> steps) {
    KeptAnswers answers = new KeptAnswers(ROOM, new AnswerEncoder(false));
    try (LocalCluster own = new LocalCluster()) {
      for (int step : steps) {
        String node = "n" + step % WORDS;
        String service = "s" + step / WORDS % WORDS;
        switch (step / (WORDS * WORDS) % 4) {
          case 0 -> register(own, node, service, "passing");
          case 1 -> register(own, node, service, "critical");
          case 2 -> deregister(own, node, service);
          default -> deregister(own, node, "");
        }
        for (int i = 0; i < WORDS; i++) {
          KeptAnswer kept = ask(own, answers, "s" + i, "");
          KeptAnswer fresh = ask(own, new KeptAnswers(ROOM, new AnswerEncoder(false)), "s" + i, "");
          assertThat(text(kept)).isEqualTo(text(fresh));
          assertThat(kept.index()).isEqualTo(fresh.index());
        }
      }
    }
  }

  private KeptAnswer ask(KeptAnswers answers, String service, String query) {
    return ask(cluster, answers, service, query);
  }

  private KeptAnswer ask(LocalCluster of, KeptAnswers answers, String service, String query) {
    Call call =
        new Call(
            "GET",
            "/v1/health/service/" + service,
            Parameters.parse(query).orElseThrow(),
            name -> null,
            new byte[0],
            executor);
    String name = KeptAnswers.nameOf(call);
    try (View view = of.view()) {
      return answers
          .find(name, view)
          .orElseGet(
              () ->
                  answers.keep(
                      name, call, Answer.json(new Health(view).service("", service)), view));
    }
  }

  private static String text(KeptAnswer kept) {
    return new String(((Answer.Body.Encoded) kept.answer().body()).bytes(), StandardCharsets.UTF_8);
  }

  private static void register(LocalCluster at, String node, String service, String status) {
    at.submit(
            Command.newBuilder()
                .setRegister(
                    RegisterCatalog.newBuilder()
                        .setNode(Node.newBuilder().setNode(node).setAddress("10.0.0.1"))
                        .setService(NodeService.newBuilder().setId(service).setService(service))
                        .addChecks(
                            HealthCheck.newBuilder()
                                .setNode(node)
                                .setCheckId(service + "-alive")
                                .setServiceId(service)
                                .setStatus(status)))
                .build())
        .join();
  }

  private static void deregister(LocalCluster at, String node, String service) {
    at.submit(
            Command.newBuilder()
                .setDeregister(DeregisterCatalog.newBuilder().setNode(node).setServiceId(service))
                .build())
        .join();
  }
}
