package io.hanse.cli.program;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.value.Value;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registration of a gateway that made it itself. It outlives a gateway that listened: other
 * clusters know this one by the addresses of its gateways, and those that stop come back, mostly.
 * Meanwhile its check is critical, so that nobody is led there, and after a while it is forgotten.
 */
final class GatewayRegistration {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayRegistration.class);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

  /** An agent that does not answer must not take the time of connections that are to end. */
  private static final long WAIT_SECONDS_MAX = 3;

  private static final String REGISTER_SERVICE = "/v1/agent/service/register";
  private static final String REGISTER_CHECK = "/v1/agent/check/register";

  private final ApiClient api;
  private final GatewayDefinition definition;
  private final boolean wasThere;
  private boolean isOver;

  private GatewayRegistration(ApiClient api, GatewayDefinition definition, boolean wasThere) {
    this.api = api.withTimeout(ANSWER_TIMEOUT);
    this.definition = definition;
    this.wasThere = wasThere;
  }

  /** Tells the agent of a gateway that is about to listen; the same again changes nothing. */
  static GatewayRegistration make(ApiClient api, GatewayDefinition definition) {
    return during(
        "Error registering service \"" + definition.service() + "\"",
        () -> {
          Optional<Value> before = registered(api, definition);
          boolean wasThere = before.filter(definition::isAt).isPresent();
          if (!wasThere) {
            before.ifPresent(other -> GatewayRival.requireNone(definition.service(), other));
          }
          put(api, REGISTER_SERVICE, definition.starting());
          return new GatewayRegistration(api, definition, wasThere);
        });
  }

  /** It listens: the agent looks once more at once, and then as seldom as it is to. */
  void settle() {
    start(
        "register",
        () -> {
          if (!isOver) {
            put(api, REGISTER_SERVICE, definition.settled());
          }
          return true;
        });
  }

  /**
   * Before it stops to listen: nobody is to be led there from now on. Answers whether the agent has
   * heard of it.
   */
  boolean leave() {
    return tell(
        () -> {
          isOver = true;
          if (!isThere(api, definition)) {
            LOG.info("another gateway has the id by now service={}", definition.service());
            return false;
          }
          put(api, REGISTER_CHECK, definition.leaving());
          LOG.info("critical, before it stops to listen service={}", definition.service());
          return true;
        });
  }

  /**
   * After {@link #leave}, once nobody listens: the agent looks again for itself, as it does where a
   * gateway failed, and finds one that is started without being registered anew.
   */
  void left() {
    tell(
        () -> {
          boolean isLeaving =
              isThere(api, definition)
                  && api.get("/v1/agent/checks")
                      .orFail()
                      .json()
                      .at(definition.checkId())
                      .at("Type")
                      .text()
                      .equals("ttl");
          if (isLeaving) {
            put(api, REGISTER_CHECK, definition.stopped());
          }
          return true;
        });
  }

  /**
   * Of one that never listened: nothing is left but what was there before. That may be another one
   * that has the port, or what is to be known of this one while it is away.
   */
  void takeBack() {
    tell(
        () -> {
          isOver = true;
          if (!isThere(api, definition)) {
            LOG.info("another gateway has the id by now service={}", definition.service());
          } else if (wasThere) {
            put(api, REGISTER_CHECK, definition.check());
            LOG.info("registered as it was before service={}", definition.service());
          } else {
            String id = Request.segment(definition.service());
            api.send(Request.put("/v1/agent/service/deregister/" + id)).orFail();
            LOG.info("deregistered service={}", definition.service());
          }
          return true;
        });
  }

  private boolean tell(BooleanSupplier what) {
    return start("deregister", what)
        .completeOnTimeout(false, WAIT_SECONDS_MAX, TimeUnit.SECONDS)
        .join();
  }

  /** One after the other, and not on the thread of who must not wait for an agent for long. */
  private CompletableFuture<Boolean> start(String name, BooleanSupplier what) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    Thread teller = new Thread(() -> told.complete(isTold(what)), name);
    teller.setDaemon(true);
    teller.start();
    return told;
  }

  private synchronized boolean isTold(BooleanSupplier what) {
    try {
      return what.getAsBoolean();
    } catch (ApiException e) {
      LOG.warn(
          "cannot tell the agent, its check runs on service={} cause={}",
          definition.service(),
          e.getMessage());
      return false;
    }
  }

  private static boolean isThere(ApiClient api, GatewayDefinition definition) {
    return registered(api, definition).filter(definition::isAt).isPresent();
  }

  /** What the agent has by the id. */
  private static Optional<Value> registered(ApiClient api, GatewayDefinition definition) {
    Response found = api.get("/v1/agent/service/" + Request.segment(definition.service()));
    return found.isNotFound() ? Optional.empty() : Optional.of(found.orFail().json());
  }

  private static void put(ApiClient api, String path, Value body) {
    api.send(Request.put(path).with(body)).orFail();
  }
}
