package io.hanse.http.endpoints;

import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /v1/acl}: what Consul answers while access control is off. An agent that is told to turn
 * it on does not start.
 */
public final class AclEndpoints {
  private static final int UNAUTHORIZED = 401;

  AclEndpoints() {}

  public CompletableFuture<Answer> disabled(Call call) {
    return CompletableFuture.completedFuture(Answer.text(UNAUTHORIZED, "ACL support disabled"));
  }
}
