package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.acl.AclBuiltins;
import io.hanse.fsm.row.AclBootstrap;
import io.hanse.fsm.row.AclToken;
import io.hanse.fsm.row.BootstrapAcl;
import io.hanse.fsm.row.DeleteAclTokens;
import io.hanse.fsm.row.ExpireAclTokens;
import io.hanse.fsm.row.WriteAclTokens;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Acl;
import io.hanse.fsm.view.AclTables;
import io.hanse.fsm.view.Keys;
import java.util.List;
import java.util.Optional;

/** Tokens: what they are linked to must be there, and their secrets are theirs alone. */
final class AclTokenApplier {
  private static final int EXPIRED_AT_ONCE_MAX = 4_096;

  private AclTokenApplier() {}

  static Applied bootstrap(ApplyContext context, BootstrapAcl command) {
    Transaction rows = context.rows();
    Optional<Long> before = new Acl(rows).bootstrappedAt();
    if (before.isPresent()) {
      if (command.getResetIndex() == 0) {
        throw precondition("ACL bootstrap no longer allowed");
      }
      if (command.getResetIndex() != before.get()) {
        throw precondition("Invalid ACL bootstrap reset index");
      }
    }
    put(rows, command.getToken(), WriteAclTokens.getDefaultInstance());
    AclTables.BOOTSTRAP.overwrite(rows, AclBootstrap.getDefaultInstance());
    return Applied.DONE;
  }

  static Applied write(ApplyContext context, WriteAclTokens command) {
    Transaction rows = context.rows();
    if (command.getHasCas()) {
      for (AclToken token : command.getTokensList()) {
        if (token.getRaftIndex().getModifyIndex() != version(rows, token)) {
          return Applied.NOT_DONE;
        }
      }
    }
    for (AclToken token : command.getTokensList()) {
      put(rows, token, command);
    }
    return Applied.DONE;
  }

  private static long version(Transaction rows, AclToken token) {
    return AclTables.TOKENS
        .get(rows, Keys.acl(token.getAccessorId()))
        .map(stored -> stored.getRaftIndex().getModifyIndex())
        .orElse(0L);
  }

  private static void put(Transaction rows, AclToken token, WriteAclTokens rules) {
    if (token.getSecretId().isEmpty()) {
      throw invalid("Missing ACL Token SecretID");
    }
    if (token.getAccessorId().isEmpty()) {
      throw invalid("Missing ACL Token AccessorID");
    }
    Refusals.requireNames(token.getAccessorId(), token.getAuthMethod());
    Acl acl = new Acl(rows);
    Optional<AclToken> stored = acl.token(token.getAccessorId());
    if (stored.isPresent() && !stored.get().getSecretId().equals(token.getSecretId())) {
      throw invalid("The ACL Token SecretID field is immutable");
    }
    if (stored.isEmpty() && acl.tokenBySecret(token.getSecretId()).isPresent()) {
      throw invalid("Invalid Token: SecretID is already in use");
    }
    if (!token.getAuthMethod().isEmpty() && acl.authMethod(token.getAuthMethod()).isEmpty()) {
      throw invalid("No such auth method with Name: " + token.getAuthMethod());
    }
    AclLinks links = new AclLinks(acl, rules.getAllowMissingLinks());
    AclToken.Builder row =
        token.toBuilder()
            .clearPolicies()
            .addAllPolicies(links.toPolicies(token.getPoliciesList(), "Token"))
            .clearRoles()
            .addAllRoles(links.toRoles(token.getRolesList()));
    AclLinks.requireIdentities(
        token.getServiceIdentitiesList(), token.getNodeIdentitiesList(), "Token");
    boolean isUseful =
        links.valid() > 0
            || token.getServiceIdentitiesCount() > 0
            || token.getNodeIdentitiesCount() > 0
            || token.getTemplatedPoliciesCount() > 0;
    if (rules.getRequirePrivileges() && !isUseful) {
      throw invalid("Token has no privileges");
    }
    AclTables.TOKENS.put(rows, row.build());
  }

  static Applied delete(ApplyContext context, DeleteAclTokens command) {
    Transaction rows = context.rows();
    for (String accessorId : command.getAccessorIdsList()) {
      if (accessorId.equalsIgnoreCase(AclBuiltins.ANONYMOUS_TOKEN_ID)) {
        throw invalid("Deletion of the builtin anonymous token is not permitted");
      }
      AclTables.TOKENS.remove(rows, Keys.acl(accessorId));
    }
    return Applied.DONE;
  }

  static Applied expire(ApplyContext context, ExpireAclTokens command) {
    Transaction rows = context.rows();
    int countMax = atOnce(command.getTokensMax());
    long before = Math.min(context.timeMillis(), command.getExpiredBeforeMillis());
    List<AclToken> expired = new Acl(rows).expiredBefore(before, countMax + 1);
    expired.stream()
        .limit(countMax)
        .forEach(token -> AclTables.TOKENS.remove(rows, Keys.acl(token.getAccessorId())));
    return Applied.when(expired.size() <= countMax);
  }

  /** How many tokens one command may take out. */
  static int atOnce(int asked) {
    if (asked < 1 || asked > EXPIRED_AT_ONCE_MAX) {
      throw invalid("from 1 to " + EXPIRED_AT_ONCE_MAX + " tokens can be taken out at once");
    }
    return asked;
  }
}
