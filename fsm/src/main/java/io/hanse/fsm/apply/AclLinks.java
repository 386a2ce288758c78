package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.row.AclLink;
import io.hanse.fsm.row.AclNodeIdentity;
import io.hanse.fsm.row.AclServiceIdentity;
import io.hanse.fsm.view.Acl;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Checks what a token or role is linked to. Only ids are kept: names change, and are filled in by
 * whoever reads.
 */
final class AclLinks {
  private final Acl acl;
  private final boolean allowsMissing;
  private int valid;

  AclLinks(Acl acl, boolean allowsMissing) {
    this.acl = acl;
    this.allowsMissing = allowsMissing;
  }

  List<AclLink> toPolicies(List<AclLink> links, String what) {
    return checked(links, id -> acl.policy(id).isPresent(), what, "policies", "policy");
  }

  List<AclLink> toRoles(List<AclLink> links) {
    return checked(links, id -> acl.role(id).isPresent(), "Token", "roles", "role");
  }

  private List<AclLink> checked(
      List<AclLink> links, Predicate<String> exists, String what, String plural, String single) {
    List<AclLink> kept = new ArrayList<>(links.size());
    for (AclLink link : links) {
      if (link.getId().isEmpty()) {
        throw invalid(
            "Encountered a " + what + " with " + plural + " linked by Name in the state store");
      }
      Refusals.requireNames(link.getId());
      if (exists.test(link.getId())) {
        valid++;
      } else if (!allowsMissing) {
        throw invalid("No such " + single + " with ID: " + link.getId());
      }
      kept.add(link.toBuilder().clearName().build());
    }
    return kept;
  }

  /** How many links lead somewhere. */
  int valid() {
    return valid;
  }

  static void requireIdentities(
      List<AclServiceIdentity> services, List<AclNodeIdentity> nodes, String what) {
    for (AclServiceIdentity service : services) {
      if (service.getServiceName().isEmpty()) {
        throw empty(what, "service identity name");
      }
    }
    for (AclNodeIdentity node : nodes) {
      if (node.getNodeName().isEmpty()) {
        throw empty(what, "node identity name");
      }
      if (node.getDatacenter().isEmpty()) {
        throw empty(what, "node identity datacenter");
      }
    }
  }

  private static RuntimeException empty(String what, String field) {
    return invalid("Encountered a " + what + " with an empty " + field + " in the state store");
  }
}
