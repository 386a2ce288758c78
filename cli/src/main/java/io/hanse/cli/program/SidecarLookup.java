package io.hanse.cli.program;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.value.Value;
import java.util.List;
import java.util.Map;

/** Finds the proxy that is registered for a service. */
final class SidecarLookup {
  private SidecarLookup() {}

  static String proxyIdOf(ApiClient api, String serviceId) {
    Value services =
        during(
            "Error looking for the sidecar of " + serviceId,
            () -> api.get("/v1/agent/services").orFail().json());
    List<String> ids =
        services.fields().entrySet().stream()
            .filter(service -> isSidecarOf(service.getValue(), serviceId))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    if (ids.isEmpty()) {
      throw new CommandFailure("No sidecar proxy registered for " + serviceId);
    }
    if (ids.size() > 1) {
      throw new CommandFailure(
          "More than one sidecar proxy registered for "
              + serviceId
              + ".\n    Start proxy with -proxy-id and one of the following IDs: "
              + String.join(", ", ids));
    }
    return ids.get(0);
  }

  private static boolean isSidecarOf(Value service, String serviceId) {
    return service.at("Kind").text().equals("connect-proxy")
        && service.at("Proxy").at("DestinationServiceID").text().equals(serviceId);
  }
}
