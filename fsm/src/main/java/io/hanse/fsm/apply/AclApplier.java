package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.requireNames;

import io.hanse.fsm.acl.AclBuiltins;
import io.hanse.fsm.row.AclAuthMethod;
import io.hanse.fsm.row.AclBindingRule;
import io.hanse.fsm.row.AclPolicy;
import io.hanse.fsm.row.AclRole;
import io.hanse.fsm.row.AclToken;
import io.hanse.fsm.row.DeleteAclAuthMethod;
import io.hanse.fsm.row.DeleteAclBindingRules;
import io.hanse.fsm.row.DeleteAclPolicies;
import io.hanse.fsm.row.DeleteAclRoles;
import io.hanse.fsm.row.WriteAclAuthMethods;
import io.hanse.fsm.row.WriteAclBindingRules;
import io.hanse.fsm.row.WriteAclPolicies;
import io.hanse.fsm.row.WriteAclRoles;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Acl;
import io.hanse.fsm.view.AclTables;
import io.hanse.fsm.view.Keys;
import java.util.List;
import java.util.Optional;

/** Policies, roles, auth methods and binding rules. A batch is written whole or not at all. */
final class AclApplier {
  private AclApplier() {}

  static Applied writePolicies(ApplyContext context, WriteAclPolicies command) {
    Transaction rows = context.rows();
    for (AclPolicy policy : command.getPoliciesList()) {
      if (policy.getId().isEmpty()) {
        throw invalid("Missing ACL Policy ID");
      }
      if (policy.getName().isEmpty()) {
        throw invalid("Missing ACL Policy Name");
      }
      requireNames(policy.getId(), policy.getName());
      Acl acl = new Acl(rows);
      acl.policy(policy.getId()).ifPresent(stored -> requireBuiltinAsIs(stored, policy));
      boolean isTaken =
          acl.policyByName(policy.getName())
              .filter(other -> !other.getId().equalsIgnoreCase(policy.getId()))
              .isPresent();
      if (isTaken) {
        throw invalid("A policy with name \"" + policy.getName() + "\" already exists");
      }
      AclTables.POLICIES.put(rows, policy);
    }
    return Applied.DONE;
  }

  private static void requireBuiltinAsIs(AclPolicy stored, AclPolicy policy) {
    Optional<String> builtin = AclBuiltins.policyName(policy.getId());
    if (builtin.isEmpty()) {
      return;
    }
    if (!policy.getRules().equals(stored.getRules())) {
      throw invalid(
          "Changing the Rules for the builtin " + builtin.get() + " policy is not permitted");
    }
    if (policy.getDatacentersCount() > 0) {
      throw invalid(
          "Changing the Datacenters of the builtin " + builtin.get() + " policy is not permitted");
    }
  }

  /** What is linked to a policy stays so, to no effect. */
  static Applied deletePolicies(ApplyContext context, DeleteAclPolicies command) {
    for (String id : command.getIdsList()) {
      AclBuiltins.policyName(id)
          .ifPresent(
              name -> {
                throw invalid("Deletion of the builtin " + name + " policy is not permitted");
              });
      AclTables.POLICIES.remove(context.rows(), Keys.acl(id));
    }
    return Applied.DONE;
  }

  static Applied writeRoles(ApplyContext context, WriteAclRoles command) {
    Transaction rows = context.rows();
    for (AclRole role : command.getRolesList()) {
      if (role.getId().isEmpty()) {
        throw invalid("Missing ACL Role ID");
      }
      if (role.getName().isEmpty()) {
        throw invalid("Missing ACL Role Name");
      }
      requireNames(role.getId(), role.getName());
      Acl acl = new Acl(rows);
      boolean isTaken =
          acl.roleByName(role.getName())
              .filter(other -> !other.getId().equalsIgnoreCase(role.getId()))
              .isPresent();
      if (isTaken) {
        throw invalid("A role with name \"" + role.getName() + "\" already exists");
      }
      AclLinks links = new AclLinks(acl, command.getAllowMissingLinks());
      AclLinks.requireIdentities(
          role.getServiceIdentitiesList(), role.getNodeIdentitiesList(), "Role");
      AclTables.ROLES.put(
          rows,
          role.toBuilder()
              .clearPolicies()
              .addAllPolicies(links.toPolicies(role.getPoliciesList(), "Role"))
              .build());
    }
    return Applied.DONE;
  }

  static Applied deleteRoles(ApplyContext context, DeleteAclRoles command) {
    for (String id : command.getIdsList()) {
      AclTables.ROLES.remove(context.rows(), Keys.acl(id));
    }
    return Applied.DONE;
  }

  static Applied writeBindingRules(ApplyContext context, WriteAclBindingRules command) {
    Transaction rows = context.rows();
    for (AclBindingRule rule : command.getRulesList()) {
      if (rule.getId().isEmpty()) {
        throw invalid("Missing ACL Binding Rule ID");
      }
      if (rule.getAuthMethod().isEmpty()) {
        throw invalid("Missing ACL Binding Rule Auth Method");
      }
      requireNames(rule.getId(), rule.getAuthMethod());
      if (new Acl(rows).authMethod(rule.getAuthMethod()).isEmpty()) {
        throw invalid("failed inserting acl binding rule: auth method not found");
      }
      AclTables.BINDING_RULES.put(rows, rule);
    }
    return Applied.DONE;
  }

  static Applied deleteBindingRules(ApplyContext context, DeleteAclBindingRules command) {
    for (String id : command.getIdsList()) {
      AclTables.BINDING_RULES.remove(context.rows(), Keys.acl(id));
    }
    return Applied.DONE;
  }

  static Applied writeAuthMethods(ApplyContext context, WriteAclAuthMethods command) {
    for (AclAuthMethod method : command.getMethodsList()) {
      if (method.getName().isEmpty()) {
        throw invalid("Missing ACL Auth Method Name");
      }
      if (method.getType().isEmpty()) {
        throw invalid("Missing ACL Auth Method Type");
      }
      requireNames(method.getName());
      AclTables.AUTH_METHODS.put(context.rows(), method);
    }
    return Applied.DONE;
  }

  static Applied deleteAuthMethod(ApplyContext context, DeleteAclAuthMethod command) {
    Transaction rows = context.rows();
    int countMax = AclTokenApplier.atOnce(command.getTokensMax());
    List<AclToken> tokens = new Acl(rows).tokensOfAuthMethod(command.getName(), countMax + 1);
    tokens.stream()
        .limit(countMax)
        .forEach(token -> AclTables.TOKENS.remove(rows, Keys.acl(token.getAccessorId())));
    if (tokens.size() > countMax) {
      return Applied.NOT_DONE;
    }
    for (AclBindingRule rule :
        command.getName().isEmpty()
            ? List.<AclBindingRule>of()
            : new Acl(rows).bindingRules(command.getName())) {
      AclTables.BINDING_RULES.remove(rows, Keys.acl(rule.getId()));
    }
    AclTables.AUTH_METHODS.remove(rows, Keys.aclName(command.getName()));
    return Applied.DONE;
  }
}
