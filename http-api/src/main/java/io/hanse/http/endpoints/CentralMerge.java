package io.hanse.http.endpoints;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.CentralConfig;
import io.hanse.http.exchange.Call;
import java.util.List;

/** The parameter {@code merge-central-config}: proxies as config entries make them. */
final class CentralMerge {
  private static final String PARAMETER = "merge-central-config";

  private CentralMerge() {}

  static boolean isAsked(Call call) {
    return call.parameters().has(PARAMETER);
  }

  static List<NodeService> services(Call call, View view, List<NodeService> services) {
    if (!isAsked(call)) {
      return services;
    }
    CentralConfig central = new CentralConfig(view);
    return services.stream().map(central::merged).toList();
  }

  static List<CheckServiceNode> instances(Call call, View view, List<CheckServiceNode> instances) {
    if (!isAsked(call)) {
      return instances;
    }
    CentralConfig central = new CentralConfig(view);
    return instances.stream()
        .map(one -> one.toBuilder().setService(central.merged(one.getService())).build())
        .toList();
  }

  /** For the catalog, which says of a merged proxy's node its name only. */
  static List<CheckServiceNode> flattened(Call call, View view, List<CheckServiceNode> instances) {
    if (!isAsked(call)) {
      return instances;
    }
    CentralConfig central = new CentralConfig(view);
    return instances.stream()
        .map(
            one ->
                CentralConfig.isMerged(one.getService())
                    ? CheckServiceNode.newBuilder()
                        .setNode(Node.newBuilder().setNode(one.getNode().getNode()))
                        .setService(central.merged(one.getService()))
                        .build()
                    : one)
        .toList();
  }
}
