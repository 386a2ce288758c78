package io.hanse.http.endpoints;

import io.hanse.fsm.row.NodeService;
import io.hanse.http.agent.LocalAgent;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.query.QueryOptions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * {@code /v1/agent/service/:id}: one service of this agent, held back while its content is what the
 * client has already.
 */
final class ServiceByHash implements Handler {
  /** How often an agent's memory is looked at again. */
  private static final long PERIOD_MILLIS = 250;

  private final LocalAgent agent;

  ServiceByHash(LocalAgent agent) {
    this.agent = agent;
  }

  @Override
  public boolean isBlocking() {
    return true;
  }

  @Override
  public CompletableFuture<Answer> handle(Call call) {
    String hash = call.parameters().first("hash");
    QueryOptions options = QueryOptions.parse(call.parameters());
    if (CentralMerge.isAsked(call)) {
      // Known to Consul, not yet to us: ignored, it would show something else.
      throw HttpProblem.badRequest(
          "Invalid query parameter: \"merge-central-config\" - not supported by this version of"
              + " Hanse");
    }
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    if (hash.isEmpty() || !hash.equals(hashOf(call.rest()))) {
      answer.complete(answer(call.rest()));
      return answer;
    }
    long deadline = System.nanoTime() + options.waitMax().toNanos();
    ScheduledFuture<?> looking =
        call.executor()
            .scheduleWithFixedDelay(
                () -> {
                  boolean isOver = System.nanoTime() - deadline >= 0;
                  if (isOver || !hash.equals(hashOf(call.rest()))) {
                    complete(answer, call.rest());
                  }
                },
                PERIOD_MILLIS,
                PERIOD_MILLIS,
                TimeUnit.MILLISECONDS);
    answer.whenComplete((done, failure) -> looking.cancel(false));
    call.onCancel(() -> answer.cancel(false));
    return answer;
  }

  private void complete(CompletableFuture<Answer> answer, String id) {
    try {
      answer.complete(answer(id));
    } catch (HttpProblem e) {
      answer.completeExceptionally(e);
    }
  }

  private String hashOf(String id) {
    return agent.service(id).map(AgentServices::contentHash).orElse("");
  }

  private Answer answer(String id) {
    Optional<NodeService> found = agent.service(id);
    if (found.isEmpty()) {
      throw HttpProblem.notFound("unknown service ID: " + id);
    }
    NodeService service = found.get();
    String hash = AgentServices.contentHash(service);
    return Answer.json(out -> AgentServices.write(out, service, hash, agent.datacenter()))
        .with("X-Consul-Contenthash", hash);
  }
}
