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
 * The registration of a gateway that made it itself. It is taken back when the gateway is stopped,
 * so that nobody is led there; one that fails is found critical, and forgotten later.
 */
final class GatewayRegistration {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayRegistration.class);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

  /** An agent that does not answer must not take the time of connections that are to end. */
  private static final long WAIT_SECONDS_MAX = 3;

  private final ApiClient api;
  private final String service;
  private final InetSocketAddress address;
  private final Value settled;
  private boolean isTakenBack;

  /**
   * Of one that was registered now.
   *
   * @param service the id that it was registered by
   * @param address where it was registered
   * @param settled how it is registered once it listens
   */
  GatewayRegistration(ApiClient api, String service, InetSocketAddress address, Value settled) {
    this.api = api.withTimeout(ANSWER_TIMEOUT);
    this.service = service;
    this.address = address;
    this.settled = settled;
  }

  /** It listens: the agent looks once more at once, and then as seldom as it is to. */
  void settle() {
    Thread teller = new Thread(this::tellThatItListens, "register");
    teller.setDaemon(true);
    teller.start();
  }

  private synchronized void tellThatItListens() {
    if (isTakenBack) {
      return;
    }
    try {
      api.send(Request.put("/v1/agent/service/register").with(settled)).orFail();
    } catch (ApiException e) {
      LOG.warn(
          "cannot register again, the check runs on service={} cause={}", service, e.getMessage());
    }
  }

  /** Before the gateway stops to listen: whoever takes its place can't have registered yet. */
  void takeBack() {
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

  private synchronized void tell() {
    isTakenBack = true;
    try {
      Response found = api.get("/v1/agent/service/" + Request.segment(service));
      if (found.isNotFound()) {
        return;
      }
      if (!isOurs(found.orFail().json())) {
        LOG.info("not deregistered, another gateway has the id service={}", service);
        return;
      }
      api.send(Request.put("/v1/agent/service/deregister/" + Request.segment(service))).orFail();
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
