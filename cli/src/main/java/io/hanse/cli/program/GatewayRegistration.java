package io.hanse.cli.program;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.Request;
import io.hanse.cli.value.Value;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registration of a gateway that made it itself. It outlives a gateway that listened: other
 * clusters know this one by the addresses of its gateways, and those that stop come back, mostly.
 * Meanwhile its check is critical, so that nobody is led there, and after a while it is forgotten.
 */
final class GatewayRegistration implements Presence {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayRegistration.class);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

  /** Before it is taken back: what comes after that would stay. */
  private static final int REGISTERED_SECONDS_MAX = 5;

  private static final String REGISTER_SERVICE = "/v1/agent/service/register";
  private static final String REGISTER_CHECK = "/v1/agent/check/register";

  /** How much the agent has been told. */
  private enum Phase {
    NOTHING,

    /** That there is a gateway; it may not have answered yet. */
    REGISTERED,

    /** That it leaves; it may not have answered yet. */
    LEAVING,

    /** Nothing more. */
    OVER
  }

  private final ApiClient patient;
  private final ApiClient api;
  private final GatewayDefinition definition;
  private final AgentTeller agent;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NOTHING);
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile boolean wasThere;

  /** Tells nobody anything yet. */
  GatewayRegistration(ApiClient api, GatewayDefinition definition) {
    this.patient = api;
    this.api = api.withTimeout(ANSWER_TIMEOUT);
    this.definition = definition;
    this.agent = new AgentTeller(definition::service);
  }

  /** Its name and id. */
  String service() {
    return definition.service();
  }

  /** Tells the agent of a gateway that is about to listen; the same again changes nothing. */
  @Override
  public void begin() {
    during(
        "Error registering service \"" + definition.service() + "\"",
        () -> {
          Optional<Value> before = AgentTeller.registered(patient, service());
          wasThere = before.filter(definition::isAt).isPresent();
          if (!wasThere) {
            before.ifPresent(other -> GatewayRival.requireNone(definition.service(), other));
          }
          if (phase.compareAndSet(Phase.NOTHING, Phase.REGISTERED)) {
            try {
              put(patient, REGISTER_SERVICE, definition.starting());
            } finally {
              answered.countDown();
            }
          }
          return true;
        });
  }

  /** The agent looks once more at once, and then as seldom as it is to. */
  @Override
  public void settle() {
    agent.begin(
        "register",
        () -> {
          if (phase.get() == Phase.REGISTERED) {
            put(api, REGISTER_SERVICE, definition.settled());
          }
          return true;
        });
  }

  @Override
  public boolean leave() {
    return agent.tell(
        () -> {
          phase.set(Phase.OVER);
          if (!isThere()) {
            return false;
          }
          phase.set(Phase.LEAVING);
          put(api, REGISTER_CHECK, definition.leaving());
          LOG.info("critical, before it stops to listen service={}", definition.service());
          return true;
        });
  }

  /** As where a gateway failed; so one is found that is started without being registered anew. */
  @Override
  public void left() {
    agent.tell(
        () -> {
          boolean isLeaving =
              phase.get() == Phase.LEAVING
                  && isThere()
                  && definition.isLeaving(api.get("/v1/agent/checks").orFail().json());
          if (isLeaving) {
            put(api, REGISTER_CHECK, definition.stopped());
          }
          return true;
        });
  }

  /**
   * What was there before may be another one that has the port, or what is to be known of this one
   * while it is away.
   */
  @Override
  public void takeBack() {
    if (phase.getAndSet(Phase.OVER) != Phase.NOTHING) {
      awaitAnswer();
      agent.tell(
          () -> {
            if (isThere()) {
              undo();
            }
            return true;
          });
    }
  }

  private void undo() {
    if (wasThere) {
      put(api, REGISTER_CHECK, definition.check());
      LOG.info("registered as it was before service={}", service());
    } else {
      api.send(Request.put("/v1/agent/service/deregister/" + Request.segment(service()))).orFail();
      LOG.info("deregistered service={}", service());
    }
  }

  /** What is still on its way to the agent would come after what is to undo it. */
  private void awaitAnswer() {
    try {
      if (!answered.await(REGISTERED_SECONDS_MAX, TimeUnit.SECONDS)) {
        LOG.warn(
            "the agent has not answered the registration, which may stay service={} seconds={}",
            definition.service(),
            REGISTERED_SECONDS_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the agent has this one by the id; where not, it is told why. */
  private boolean isThere() {
    Optional<Value> now = AgentTeller.registered(api, service());
    boolean isThere = now.filter(definition::isAt).isPresent();
    if (!isThere) {
      String why = now.isEmpty() ? "not registered" : "another gateway has the id by now";
      LOG.info("{} service={}", why, service());
    }
    return isThere;
  }

  private static void put(ApiClient api, String path, Value body) {
    api.send(Request.put(path).with(body)).orFail();
  }
}
