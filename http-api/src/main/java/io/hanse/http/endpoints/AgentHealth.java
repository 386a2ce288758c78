package io.hanse.http.endpoints;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.view.Maintenance;
import io.hanse.http.agent.LocalAgent;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /v1/agent/health/service}: whether services of this agent are well, said by the status of
 * the answer, for load balancers that look at nothing else.
 */
public final class AgentHealth {
  private static final String REASON = "X-Consul-Reason";
  private static final String TEXT = "text/plain";
  private static final int NOT_FOUND = 404;

  /** From well to worst, with the status of an answer. */
  private enum Health {
    PASSING(200),
    WARNING(429),
    CRITICAL(503),
    MAINTENANCE(503);

    private final int status;

    Health(int status) {
      this.status = status;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Health of(HealthCheck check) {
      if (Maintenance.isCheck(check)) {
        return MAINTENANCE;
      }
      return switch (check.getStatus()) {
        case "passing" -> PASSING;
        case "warning" -> WARNING;
        default -> CRITICAL;
      };
    }

    static Health of(List<HealthCheck> checks) {
      return checks.stream().map(Health::of).max(Comparator.naturalOrder()).orElse(PASSING);
    }
  }

  /** A service with its own checks and those of the node. */
  private record Checked(NodeService service, List<HealthCheck> checks) {
    Health health() {
      return Health.of(checks);
    }
  }

  private final LocalAgent agent;

  AgentHealth(LocalAgent agent) {
    this.agent = agent;
  }

  /** Of the service of an id. */
  public CompletableFuture<Answer> byId(Call call) {
    String id = named(call, "Missing serviceID");
    return agent
        .service(id)
        .map(this::checked)
        .map(
            found ->
                answer(
                    call, found.health().status, found.health().word(), out -> write(out, found)))
        .orElseGet(
            () ->
                answer(
                    call,
                    NOT_FOUND,
                    "ServiceId " + id + " not found",
                    out ->
                        out.beginObject()
                            .field("AggregatedStatus", Health.CRITICAL.word())
                            .key("Service")
                            .nothing()
                            .key("Checks")
                            .nothing()
                            .endObject()));
  }

  /** Of all services of a name; the worst of them decides. */
  public CompletableFuture<Answer> byName(Call call) {
    String name = named(call, "Missing service Name");
    List<Checked> found =
        agent.services().stream()
            .filter(service -> service.getService().equals(name))
            .sorted(Comparator.comparing(NodeService::getId))
            .map(this::checked)
            .toList();
    JsonWriter.Content all =
        out -> {
          out.beginArray();
          for (Checked each : found) {
            write(out, each);
          }
          out.endArray();
        };
    return found.stream()
        .map(Checked::health)
        .max(Comparator.naturalOrder())
        .map(worst -> answer(call, worst.status, worst.word(), all))
        .orElseGet(() -> answer(call, NOT_FOUND, "ServiceName " + name + " Not Found", all));
  }

  private static String named(Call call, String complaint) {
    if (call.rest().isEmpty()) {
      throw HttpProblem.internal(complaint);
    }
    return call.rest();
  }

  private Checked checked(NodeService service) {
    return new Checked(
        service,
        agent.checks().stream()
            .filter(
                check ->
                    check.getServiceId().isEmpty() || check.getServiceId().equals(service.getId()))
            .toList());
  }

  private static CompletableFuture<Answer> answer(
      Call call, int status, String reason, JsonWriter.Content content) {
    Answer answer =
        isTextWanted(call)
            ? new Answer(
                status,
                Map.of(Answer.CONTENT_TYPE, TEXT),
                new Answer.Body.Raw(ByteString.copyFrom(reason, StandardCharsets.UTF_8)),
                true)
            : Answer.json(status, content);
    return CompletableFuture.completedFuture(answer.with(REASON, reason));
  }

  private static boolean isTextWanted(Call call) {
    return call.header("Accept").filter(accepted -> accepted.startsWith(TEXT)).isPresent()
        || call.parameters().first("format").equals("text");
  }

  private void write(JsonWriter out, Checked checked) {
    out.beginObject().field("AggregatedStatus", checked.health().word()).key("Service");
    AgentServices.write(out, checked.service(), "", agent.datacenter());
    out.key("Checks").beginArray();
    checked.checks().forEach(check -> write(out, check));
    out.endArray().endObject();
  }

  /** As Consul does here, without how a check is made. */
  private static void write(JsonWriter out, HealthCheck check) {
    out.beginObject()
        .field("Node", check.getNode())
        .field("CheckID", check.getCheckId())
        .field("Name", check.getName())
        .field("Status", check.getStatus())
        .field("Notes", check.getNotes())
        .field("Output", check.getOutput())
        .field("ServiceID", check.getServiceId())
        .field("ServiceName", check.getServiceName())
        .key("ServiceTags");
    if (check.getServiceTagsCount() == 0) {
      out.nothing();
    } else {
      out.strings(check.getServiceTagsList());
    }
    out.field("Type", "").field("ExposedPort", 0).key("Definition").beginObject();
    for (String span : List.of("Interval", "Timeout", "DeregisterCriticalServiceAfter")) {
      out.field(span, "0s");
    }
    out.field("HTTP", "").key("Header").nothing();
    for (String text : List.of("Method", "Body", "TLSServerName")) {
      out.field(text, "");
    }
    out.field("TLSSkipVerify", false)
        .field("TCP", "")
        .field("TCPUseTLS", false)
        .field("UDP", "")
        .field("GRPC", "")
        .field("OSService", "")
        .field("GRPCUseTLS", false)
        .endObject()
        .field("CreateIndex", 0)
        .field("ModifyIndex", 0)
        .endObject();
  }
}
