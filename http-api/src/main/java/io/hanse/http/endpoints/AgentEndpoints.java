package io.hanse.http.endpoints;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.http.agent.LocalAgent;
import io.hanse.http.answer.Member;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import io.hanse.http.exchange.ProblemResponses;
import io.hanse.http.request.CheckRegistration;
import io.hanse.http.request.CheckUpdate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** {@code /v1/agent}: the agent that was asked, and what is registered with it. */
public final class AgentEndpoints {
  /** What clients that look for features by version take us for. */
  private static final String VERSION = "1.21.4";

  private static final String BUILD_DATE = "2025-08-13T00:00:00Z";
  private static final String REVISION = "hanse";

  private final LocalAgent agent;

  AgentEndpoints(LocalAgent agent) {
    this.agent = agent;
  }

  public CompletableFuture<Answer> self(Call call) {
    Map<String, Object> self = agent.self();
    return now(Answer.json(out -> out.any(self)));
  }

  public CompletableFuture<Answer> host(Call call) {
    return agent.host().thenApply(host -> Answer.json(out -> out.any(host)));
  }

  public CompletableFuture<Answer> version(Call call) {
    return now(
        Answer.json(
            out ->
                out.beginObject()
                    .field("SHA", REVISION)
                    .field("BuildDate", BUILD_DATE)
                    .field("HumanVersion", VERSION)
                    .field("FIPS", "")
                    .endObject()));
  }

  public CompletableFuture<Answer> reload(Call call) {
    return change(agent.reload());
  }

  public CompletableFuture<Answer> leave(Call call) {
    return change(agent.leave());
  }

  public CompletableFuture<Answer> members(Call call) {
    String wan = call.parameters().first("wan");
    boolean isWan = call.parameters().has("wan") && !wan.equals("0") && !wan.equals("false");
    String segment = call.parameters().first("segment");
    // All segments are the one there is; the command line asks for them.
    if (!segment.isEmpty() && !segment.equals("_all")) {
      throw isWan
          ? HttpProblem.badRequest("Cannot provide a segment with wan=true")
          : HttpProblem.internal("Network segments are not supported in this version of Consul");
    }
    String suffix = isWan ? "." + agent.datacenter() : "";
    List<Member> members = agent.members().stream().map(member -> printed(member, suffix)).toList();
    return now(Answer.json(Filters.of(call, Filters.MEMBERS).of(members)));
  }

  private static Member printed(LocalAgent.Member member, String suffix) {
    return Member.newBuilder()
        .setName(member.name() + suffix)
        .setAddr(member.address())
        .setPort(member.port())
        .putAllTags(member.tags())
        .setStatus(member.status())
        .setProtocolMin(1)
        .setProtocolMax(5)
        .setProtocolCur(2)
        .setDelegateMin(2)
        .setDelegateMax(5)
        .setDelegateCur(4)
        .build();
  }

  public CompletableFuture<Answer> services(Call call) {
    List<NodeService> services =
        Filters.of(call, Filters.SERVICES).of(agent.services()).stream()
            .sorted(Comparator.comparing(NodeService::getId))
            .toList();
    return now(
        Answer.json(
            out -> {
              out.beginObject();
              for (NodeService service : services) {
                out.key(service.getId());
                AgentServices.write(out, service, "", agent.datacenter());
              }
              out.endObject();
            }));
  }

  public CompletableFuture<Answer> registerService(Call call) {
    ServiceDefinition definition = Bodies.agent(call, ServiceDefinition.newBuilder()).build();
    return change(
        agent.registerService(definition, call.parameters().has("replace-existing-checks")));
  }

  public CompletableFuture<Answer> deregisterService(Call call) {
    return change(agent.deregisterService(call.rest()));
  }

  public CompletableFuture<Answer> maintainService(Call call) {
    if (call.rest().isEmpty()) {
      throw HttpProblem.badRequest("Missing service ID");
    }
    return maintain(call, call.rest());
  }

  public CompletableFuture<Answer> maintainNode(Call call) {
    return maintain(call, "");
  }

  private CompletableFuture<Answer> maintain(Call call, String serviceId) {
    Parameters parameters = call.parameters();
    if (!parameters.has("enable")) {
      throw HttpProblem.badRequest("Missing value for enable");
    }
    boolean begins =
        parameters
            .truth("enable")
            .orElseThrow(
                () ->
                    HttpProblem.badRequest(
                        "Invalid value for enable: " + Quoted.of(parameters.first("enable"))));
    return change(
        begins
            ? agent.enterMaintenance(serviceId, parameters.first("reason"))
            : agent.leaveMaintenance(serviceId));
  }

  public CompletableFuture<Answer> checks(Call call) {
    Map<String, HealthCheck> checks = new TreeMap<>();
    Filters.bare(call, Filters.CHECKS)
        .of(agent.checks())
        .forEach(check -> checks.put(check.getCheckId(), check));
    return now(Answer.json(out -> out.any(checks)));
  }

  public CompletableFuture<Answer> registerCheck(Call call) {
    CheckRegistration registration = Bodies.agent(call, CheckRegistration.newBuilder()).build();
    if (!registration.getDefinition().getCheckId().isEmpty()) {
      // A check of a service's definition has this key; one that comes by itself has an ID.
      throw HttpProblem.badRequest("Request decode failed: json: unknown field \"CheckID\"");
    }
    return change(agent.registerCheck(LocalAgent.CheckRegistration.of(registration)));
  }

  public CompletableFuture<Answer> deregisterCheck(Call call) {
    return change(agent.deregisterCheck(call.rest()));
  }

  public CompletableFuture<Answer> passCheck(Call call) {
    return report(call, "passing");
  }

  public CompletableFuture<Answer> warnCheck(Call call) {
    return report(call, "warning");
  }

  public CompletableFuture<Answer> failCheck(Call call) {
    return report(call, "critical");
  }

  private CompletableFuture<Answer> report(Call call, String status) {
    return change(agent.updateCheck(call.rest(), status, call.parameters().first("note")));
  }

  public CompletableFuture<Answer> updateCheck(Call call) {
    CheckUpdate update = Bodies.agent(call, CheckUpdate.newBuilder()).build();
    return change(agent.updateCheck(call.rest(), update.getStatus(), update.getOutput()));
  }

  private static CompletableFuture<Answer> change(CompletableFuture<Void> change) {
    return change
        .thenApply(done -> Answer.ok())
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    ProblemResponses.unwrap(failure) instanceof ProblemException problem
                        ? ProblemResponses.ofAgent(problem)
                        : failure));
  }

  private static CompletableFuture<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }
}
