package io.hanse.cli.program;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.value.Value;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the registration of a gateway back that made it itself, so that nobody is led to one that
 * was stopped. One that fails is found critical, and forgotten later.
 *
 * @param service the id that it was registered by
 * @param address where it was registered
 */
record GatewayDeparture(ApiClient api, String service, InetSocketAddress address) {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayDeparture.class);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

  /** An agent that does not answer must not take the time of connections that are to end. */
  private static final long WAIT_SECONDS_MAX = 3;

  /** Before the gateway stops to listen: whoever takes its place can't have registered yet. */
  void run() {
    CompletableFuture<Void> told = new CompletableFuture<>();
    Thread teller =
        new Thread(
            () -> {
              tell();
              told.complete(null);
            },
            "deregister");
    teller.setDaemon(true);
    teller.start();
    told.completeOnTimeout(null, WAIT_SECONDS_MAX, TimeUnit.SECONDS).join();
  }

  private void tell() {
    ApiClient brief = api.withTimeout(ANSWER_TIMEOUT);
    try {
      Response found = brief.get("/v1/agent/service/" + Request.segment(service));
      if (found.isNotFound()) {
        return;
      }
      if (!isOurs(found.orFail().json())) {
        LOG.info("not deregistered, another gateway has the id service={}", service);
        return;
      }
      brief.send(Request.put("/v1/agent/service/deregister/" + Request.segment(service))).orFail();
      LOG.info("deregistered service={}", service);
    } catch (ApiException e) {
      LOG.warn(
          "cannot deregister, its check will tell service={} cause={}", service, e.getMessage());
    }
  }

  private boolean isOurs(Value registered) {
    return registered.at("Address").text().equals(address.getHostString())
        && registered.at("Port").whole() == address.getPort();
  }
}
