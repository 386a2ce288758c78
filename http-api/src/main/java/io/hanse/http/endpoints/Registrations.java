package io.hanse.http.endpoints;

import io.hanse.fsm.config.ProxyRules;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.request.RegisterRequest;
import java.util.Optional;
import java.util.Set;

/** From a registration's body to the command, with the checks that need no state. */
final class Registrations {
  private static final int UUID_LENGTH = 36;
  private static final Set<String> WILDCARD_ADDRESSES = Set.of("0.0.0.0", "[::]", "::");

  private Registrations() {}

  static RegisterCatalog command(RegisterRequest request, String datacenter) {
    if (request.getNode().isEmpty()) {
      throw HttpProblem.internal("Must provide node");
    }
    if (request.getAddress().isEmpty() && !request.getSkipNodeUpdate()) {
      throw HttpProblem.internal("Must provide address if SkipNodeUpdate is not set");
    }
    nodeFlaw(request.getNode(), request.getId())
        .ifPresent(
            flaw -> {
              throw HttpProblem.internal(flaw);
            });
    RegisterCatalog.Builder command =
        RegisterCatalog.newBuilder()
            .setNode(node(request, datacenter))
            .setSkipNodeUpdate(request.getSkipNodeUpdate())
            .addAllChecks(request.getChecksList());
    if (request.hasCheck()) {
      command.addChecks(request.getCheck());
    }
    if (request.hasService()) {
      command.setService(service(request.getService()));
    }
    return command.build();
  }

  /** What is wrong with how a node is named. */
  static Optional<String> nodeFlaw(String name, String id) {
    if (name.isEmpty()) {
      return Optional.of("Must provide node");
    }
    return id.isEmpty() || id.length() == UUID_LENGTH
        ? Optional.empty()
        : Optional.of("Bad node ID: uuid string is wrong length");
  }

  /** What is wrong with how a service is named and where it is. */
  static Optional<String> serviceFlaw(NodeService service) {
    if (service.getService().isEmpty()) {
      return Optional.of(
          service.getId().isEmpty()
              ? "Must provide service name (Service.Service)"
              : "Must provide service name (Service.Service) when service ID is provided");
    }
    return WILDCARD_ADDRESSES.contains(service.getAddress())
        ? Optional.of("Invalid service address")
        : Optional.empty();
  }

  private static Node node(RegisterRequest request, String datacenter) {
    Node.Builder node =
        Node.newBuilder()
            .setId(request.getId())
            .setNode(request.getNode())
            .setAddress(request.getAddress())
            .setDatacenter(datacenter)
            .putAllTaggedAddresses(request.getTaggedAddressesMap())
            .putAllMeta(request.getNodeMetaMap())
            .setPeerName(request.getPeerName());
    if (request.hasLocality()) {
      node.setLocality(request.getLocality());
    }
    return node.build();
  }

  private static NodeService service(NodeService service) {
    serviceFlaw(service)
        .ifPresent(
            flaw -> {
              throw HttpProblem.internal(flaw);
            });
    ProxyRules.validate(service);
    return service;
  }
}
