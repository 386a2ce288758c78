package io.hanse.cli.program;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.Request;
import io.hanse.cli.value.Value;
import io.hanse.fsm.view.HostPort;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the agent is told of a sidecar, which others have registered and whose checks are theirs:
 * that it stops. For that it has one more check, from the moment in which it is told to stop until
 * a sidecar listens there again. Nothing that was registered is changed.
 */
final class SidecarPresence implements Presence {
  private static final Logger LOG = LoggerFactory.getLogger(SidecarPresence.class);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
  private static final String LOOPBACK = "127.0.0.1";

  /** Whoever listens next, be it another program, is found by it at once. */
  private static final String INTERVAL = "1s";

  private final ApiClient api;
  private final Supplier<String> lookUp;
  private final AgentTeller agent = new AgentTeller(this::sidecar);
  private volatile String sidecar = "";

  /** Whether the agent was told that it leaves; it may not have answered yet. */
  private volatile boolean isLeaving;

  /**
   * Knows none yet.
   *
   * @param lookUp answers the id that it is registered by; may have to ask for it
   */
  SidecarPresence(ApiClient api, Supplier<String> lookUp) {
    this.api = api.withTimeout(ANSWER_TIMEOUT);
    this.lookUp = lookUp;
  }

  /** The id that it is registered by, once it has begun. */
  String sidecar() {
    return sidecar;
  }

  /** It is registered by others, and only has to find out as which one. */
  @Override
  public void begin() {
    sidecar = lookUp.get();
  }

  /** Without the check that the one before it has left. */
  @Override
  public void settle() {
    agent.begin(
        "settle",
        () -> {
          if (hasCheck()) {
            api.send(Request.put("/v1/agent/check/deregister/" + Request.segment(checkId())))
                .orFail();
            LOG.info("listens again service={}", sidecar);
          }
          return true;
        });
  }

  @Override
  public boolean leave() {
    return agent.tell(
        () -> {
          Optional<Value> service = AgentTeller.registered(api, sidecar);
          if (service.isEmpty()) {
            return false;
          }
          isLeaving = true;
          // It listens still, for a while: that must not count.
          put(service.get(), ProxyRun.LISTENS_SECONDS_MAX);
          LOG.info("critical, before it stops to listen service={}", sidecar);
          return true;
        });
  }

  @Override
  public void left() {
    agent.tell(
        () -> {
          if (!isLeaving) {
            return true;
          }
          Optional<Value> service = AgentTeller.registered(api, sidecar);
          if (service.isPresent() && hasCheck()) {
            put(service.get(), 1);
          }
          return true;
        });
  }

  @Override
  public void takeBack() {
    // It has told nothing.
  }

  private String checkId() {
    return "sidecar-stopped:" + sidecar;
  }

  private boolean hasCheck() {
    return api.get("/v1/agent/checks").orFail().json().fields().containsKey(checkId());
  }

  /**
   * Critical, until somebody was found to listen there.
   *
   * @param times in a row, once a second
   */
  private void put(Value service, int times) throws ApiException {
    String host = service.at("Address").text();
    int port = (int) service.at("Port").whole();
    Map<String, Value> check = new LinkedHashMap<>();
    check.put("ID", Value.of(checkId()));
    check.put("ServiceID", Value.of(sidecar));
    check.put("Name", Value.of("Sidecar Stopped"));
    check.put("Notes", Value.of("The sidecar was told to stop. It takes this away as it starts."));
    check.put("TCP", Value.of(HostPort.joined(host.isEmpty() ? LOOPBACK : host, port)));
    check.put("Interval", Value.of(INTERVAL));
    check.put("SuccessBeforePassing", Value.of(times));
    check.put("Status", Value.of("critical"));
    api.send(Request.put("/v1/agent/check/register").with(new Value.Fields(check))).orFail();
  }
}
