package io.hanse.http.route;

import static io.hanse.http.route.Endpoint.atAgent;

import io.hanse.http.endpoints.AgentEndpoints;
import io.hanse.http.endpoints.Endpoints;
import java.util.List;

/** The part of the list of endpoints that is about the agent that is asked. */
final class AgentEndpointTable {
  private AgentEndpointTable() {}

  static List<Endpoint> all(Endpoints endpoints) {
    AgentEndpoints agent = endpoints.agent();
    String check = "service:write or node:write";
    return List.of(
        atAgent("/v1/agent/self").get("agent:read", agent::self, "This agent"),
        atAgent("/v1/agent/version").get("-", agent::version, "Its version"),
        atAgent("/v1/agent/host").get("operator:read", agent::host, "The machine that it runs on"),
        atAgent("/v1/agent/metrics")
            .get("agent:read", endpoints.metrics()::get, "How this server fares, in numbers"),
        atAgent("/v1/agent/members").get("node:read", agent::members, "The known agents"),
        atAgent("/v1/agent/services")
            .get("service:read", agent::services, "The services registered here"),
        atAgent("/v1/agent/service/")
            .get("service:read", endpoints.agentService(), "One of them; blocks by its hash"),
        atAgent("/v1/agent/service/register")
            .put("service:write", agent::registerService, "Registers a service"),
        atAgent("/v1/agent/service/deregister/")
            .put("service:write", agent::deregisterService, "Takes it back"),
        atAgent("/v1/agent/service/maintenance/")
            .put("service:write", agent::maintainService, "Takes it out of use, or gives it back"),
        atAgent("/v1/agent/maintenance")
            .put("node:write", agent::maintainNode, "Takes the node out of use, or gives it back"),
        atAgent("/v1/agent/health/service/id/")
            .get("service:read", endpoints.agentHealth()::byId, "Whether one of them is well"),
        atAgent("/v1/agent/health/service/name/")
            .get("service:read", endpoints.agentHealth()::byName, "Whether all of a name are well"),
        atAgent("/v1/agent/reload")
            .put("agent:write", agent::reload, "Reads certificates again, as SIGHUP does"),
        atAgent("/v1/agent/leave")
            .put("agent:write", agent::leave, "Leaves the cluster, and stops"),
        atAgent("/v1/agent/checks")
            .get("node:read, service:read", agent::checks, "The checks registered here"),
        atAgent("/v1/agent/check/register").put(check, agent::registerCheck, "Registers a check"),
        atAgent("/v1/agent/check/deregister/").put(check, agent::deregisterCheck, "Takes it back"),
        atAgent("/v1/agent/check/pass/").put(check, agent::passCheck, "Reports it passing"),
        atAgent("/v1/agent/check/warn/").put(check, agent::warnCheck, "Reports a warning"),
        atAgent("/v1/agent/check/fail/").put(check, agent::failCheck, "Reports it critical"),
        atAgent("/v1/agent/check/update/")
            .put(check, agent::updateCheck, "Reports a state with an output"));
  }
}
