package io.hanse.fsm.view;

import com.google.protobuf.Timestamp;
import io.hanse.fsm.row.AclAuthMethod;
import io.hanse.fsm.row.AclBindingRule;
import io.hanse.fsm.row.AclBootstrap;
import io.hanse.fsm.row.AclLink;
import io.hanse.fsm.row.AclPolicy;
import io.hanse.fsm.row.AclRole;
import io.hanse.fsm.row.AclToken;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Table;
import io.hanse.fsm.store.TableId;
import java.util.List;

/** The tables of access control, as {@link Tables} has the others. */
public final class AclTables {
  public static final Table<AclToken> TOKENS =
      Table.of(
              TableId.ACL_TOKENS,
              AclToken.getDefaultInstance(),
              token -> Keys.acl(token.getAccessorId()))
          .indexedBy(
              TableId.ACL_TOKENS_BY_SECRET, token -> List.of(Keys.secret(token.getSecretId())))
          .indexedBy(TableId.ACL_TOKENS_BY_POLICY, token -> ids(token.getPoliciesList()))
          .indexedBy(TableId.ACL_TOKENS_BY_ROLE, token -> ids(token.getRolesList()))
          .indexedBy(TableId.ACL_TOKENS_BY_AUTH_METHOD, AclTables::byAuthMethod)
          .indexedBy(TableId.ACL_TOKENS_BY_EXPIRY, AclTables::byExpiry);

  public static final Table<AclPolicy> POLICIES =
      Table.of(
              TableId.ACL_POLICIES,
              AclPolicy.getDefaultInstance(),
              policy -> Keys.acl(policy.getId()))
          .indexedBy(
              TableId.ACL_POLICIES_BY_NAME, policy -> List.of(Keys.aclName(policy.getName())));

  public static final Table<AclRole> ROLES =
      Table.of(TableId.ACL_ROLES, AclRole.getDefaultInstance(), role -> Keys.acl(role.getId()))
          .indexedBy(TableId.ACL_ROLES_BY_NAME, role -> List.of(Keys.aclName(role.getName())))
          .indexedBy(TableId.ACL_ROLES_BY_POLICY, role -> ids(role.getPoliciesList()));

  public static final Table<AclBindingRule> BINDING_RULES =
      Table.of(
              TableId.ACL_BINDING_RULES,
              AclBindingRule.getDefaultInstance(),
              rule -> Keys.acl(rule.getId()))
          .indexedBy(
              TableId.ACL_BINDING_RULES_BY_AUTH_METHOD,
              rule -> List.of(Keys.aclName(rule.getAuthMethod())));

  public static final Table<AclAuthMethod> AUTH_METHODS =
      Table.of(
          TableId.ACL_AUTH_METHODS,
          AclAuthMethod.getDefaultInstance(),
          method -> Keys.aclName(method.getName()));

  public static final Table<AclBootstrap> BOOTSTRAP =
      Table.of(TableId.ACL_BOOTSTRAP, AclBootstrap.getDefaultInstance(), bootstrap -> Keys.ONLY);

  private AclTables() {}

  private static List<Key> ids(List<AclLink> links) {
    return links.stream().map(link -> Keys.acl(link.getId())).toList();
  }

  private static List<Key> byAuthMethod(AclToken token) {
    return token.getAuthMethod().isEmpty()
        ? List.of()
        : List.of(Keys.aclName(token.getAuthMethod()));
  }

  private static List<Key> byExpiry(AclToken token) {
    return token.hasExpirationTime()
        ? List.of(Keys.expiry(millis(token.getExpirationTime())))
        : List.of();
  }

  /** Since the epoch; nothing expires before it. */
  static long millis(Timestamp time) {
    return Math.max(0, time.getSeconds() * 1_000 + time.getNanos() / 1_000_000);
  }
}
