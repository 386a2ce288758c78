package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.row.DeregisterCatalog;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.RegisterCatalog;

/** Registrations of this cluster's own nodes, services and checks. */
final class CatalogApplier {
  private CatalogApplier() {}

  static Applied register(ApplyContext context, RegisterCatalog command) {
    String node = command.getNode().getNode();
    if (node.isEmpty()) {
      throw invalid("Must provide node");
    }
    if (!command.getNode().getPeerName().isEmpty()
        || !command.getService().getPeerName().isEmpty()) {
      throw invalid("cannot register requests with PeerName in them");
    }
    CatalogWriter catalog = new CatalogWriter(context.rows(), "");
    if (!command.getSkipNodeUpdate() || catalog.node(node).isEmpty()) {
      catalog.putNode(command.getNode());
    }
    if (command.hasService()) {
      if (command.getService().getService().isEmpty()) {
        throw invalid("Must provide service name (Service.Service)");
      }
      catalog.putInstance(node, command.getService());
    }
    for (HealthCheck check : command.getChecksList()) {
      requireTarget(catalog, node, check);
      catalog.putCheck(node, check);
    }
    return Applied.DONE;
  }

  private static void requireTarget(CatalogWriter catalog, String node, HealthCheck check) {
    String id = check.getCheckId().isEmpty() ? check.getName() : check.getCheckId();
    if (!check.getNode().isEmpty() && !check.getNode().equalsIgnoreCase(node)) {
      throw invalid(
          "Node '"
              + check.getNode()
              + "' for check '"
              + id
              + "' doesn't match register request node '"
              + node
              + "'");
    }
    if (!check.getServiceId().isEmpty() && !catalog.hasInstance(node, check.getServiceId())) {
      throw invalid("Unknown service ID '" + check.getServiceId() + "' for check ID '" + id + "'");
    }
  }

  static Applied deregister(ApplyContext context, DeregisterCatalog command) {
    if (command.getNode().isEmpty()) {
      throw invalid("Must provide node");
    }
    CatalogWriter catalog = new CatalogWriter(context.rows(), "");
    if (!command.getServiceId().isEmpty()) {
      catalog.removeInstance(command.getNode(), command.getServiceId());
    } else if (!command.getCheckId().isEmpty()) {
      catalog.removeCheck(command.getNode(), command.getCheckId());
    } else {
      catalog.removeNode(command.getNode());
    }
    return Applied.DONE;
  }
}
