package io.hanse.http.endpoints;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.query.QueryOptions;
import io.hanse.identity.CaService;
import io.hanse.identity.Leaf;
import io.hanse.identity.LeafCache;
import io.hanse.identity.SpiffeId;
import io.hanse.identity.TrustDomain;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /v1/agent/connect/ca/leaf/:service}: a certificate and its key for a service, renewed by
 * the agent; held back until there is a newer one.
 */
final class LeafEndpoint implements Handler {
  private static final Logger LOG = LoggerFactory.getLogger(LeafEndpoint.class);

  private final StateReader reader;
  private final LeafCache leaves;
  private final String datacenter;

  LeafEndpoint(StateReader reader, LeafCache leaves, String datacenter) {
    this.reader = reader;
    this.leaves = leaves;
    this.datacenter = datacenter;
  }

  @Override
  public boolean isBlocking() {
    return true;
  }

  @Override
  public CompletableFuture<Answer> handle(Call call) {
    String service = call.rest();
    if (service.isEmpty()) {
      throw HttpProblem.internal("URI must be either service, agent, server, or kind");
    }
    QueryOptions options = QueryOptions.parse(call.parameters());
    SpiffeId id = SpiffeId.service(trustDomain(), datacenter, service);
    return leaves
        .leaf(id)
        .thenComposeAsync(
            leaf ->
                Long.compareUnsigned(leaf.index(), options.index()) > 0
                    ? CompletableFuture.completedFuture(leaf)
                    : newer(call, id, leaf, options),
            call.executor())
        .thenApply(leaf -> answer(service, leaf));
  }

  private TrustDomain trustDomain() {
    try (View view = reader.view()) {
      return new Ca(view)
          .trustDomain()
          .map(TrustDomain::new)
          .orElseThrow(
              () ->
                  new ProblemException(ProblemCode.FAILED_PRECONDITION, CaService.NOT_INITIALIZED));
    }
  }

  private CompletableFuture<Leaf> newer(
      Call call, SpiffeId id, Leaf present, QueryOptions options) {
    CompletableFuture<Leaf> next = new CompletableFuture<>();
    Runnable unwatch = leaves.watch(id, leaf -> handOver(call, next, leaf));
    lookAgain(id, next, options.index());
    ScheduledFuture<?> timer =
        call.executor()
            .schedule(
                () -> next.complete(present), options.waitMax().toMillis(), TimeUnit.MILLISECONDS);
    next.whenComplete(
        (leaf, failure) -> {
          unwatch.run();
          timer.cancel(false);
        });
    call.onCancel(() -> next.cancel(false));
    return next;
  }

  /** Nobody tells of what was signed, or dropped, before the watch began. */
  private void lookAgain(SpiffeId id, CompletableFuture<Leaf> next, long known) {
    Optional<Leaf> kept = leaves.present(id);
    if (kept.isPresent()) {
      kept.filter(leaf -> Long.compareUnsigned(leaf.index(), known) > 0).ifPresent(next::complete);
      return;
    }
    leaves
        .leaf(id)
        .whenComplete(
            (leaf, failure) -> {
              if (failure == null) {
                next.complete(leaf);
              } else {
                next.completeExceptionally(failure);
              }
            });
  }

  private static void handOver(Call call, CompletableFuture<Leaf> next, Leaf leaf) {
    try {
      call.executor().execute(() -> next.complete(leaf));
    } catch (RejectedExecutionException e) {
      LOG.debug("leaf for a closed server id={}", leaf.id());
    }
  }

  private static Answer answer(String service, Leaf leaf) {
    return Answer.json(
            out ->
                out.beginObject()
                    .field("SerialNumber", leaf.serialNumber())
                    .field("CertPEM", leaf.certPem())
                    .field("PrivateKeyPEM", leaf.keyPem())
                    .field("Service", service)
                    .field("ServiceURI", leaf.id().uri())
                    .field("ValidAfter", leaf.validAfter().toString())
                    .field("ValidBefore", leaf.validBefore().toString())
                    .field("CreateIndex", leaf.index())
                    .field("ModifyIndex", leaf.index())
                    .endObject())
        .with("X-Consul-Index", Long.toUnsignedString(Math.max(1, leaf.index())));
  }
}
