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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /v1/agent/service/:id}: one service of this agent, held back while its content is what the
 * client has already.
 */
final class ServiceByHash implements Handler {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceByHash.class);

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
    Runnable unwatch =
        agent.watchServices(() -> wakeLater(call, () -> answerIfNew(answer, call.rest(), hash)));
    // What changed before the watch began would wake nobody.
    answerIfNew(answer, call.rest(), hash);
    ScheduledFuture<?> end =
        call.executor()
            .schedule(
                () -> complete(answer, call.rest()),
                options.waitMax().toNanos(),
                TimeUnit.NANOSECONDS);
    answer.whenComplete(
        (done, failure) -> {
          unwatch.run();
          end.cancel(false);
        });
    call.onCancel(() -> answer.cancel(false));
    return answer;
  }

  /** Called by the agent: only hands over. */
  private static void wakeLater(Call call, Runnable wake) {
    try {
      call.executor().execute(wake);
    } catch (RejectedExecutionException e) {
      // The server is closing, and with it the connection that would be answered.
      LOG.debug("wake-up of a closed server path={}", call.path());
    }
  }

  private void answerIfNew(CompletableFuture<Answer> answer, String id, String hash) {
    if (!answer.isDone() && !hash.equals(hashOf(id))) {
      complete(answer, id);
    }
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
