package io.hanse.fsm.view;

import io.hanse.fsm.row.AclAuthMethod;
import io.hanse.fsm.row.AclBindingRule;
import io.hanse.fsm.row.AclLink;
import io.hanse.fsm.row.AclPolicy;
import io.hanse.fsm.row.AclRole;
import io.hanse.fsm.row.AclToken;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tokens, policies, roles, and how tokens are got by logging in. Links of tokens and roles come
 * with the present name of what they lead to; one whose target is gone is left out.
 */
public final class Acl {
  private final Rows rows;

  public Acl(Rows rows) {
    this.rows = rows;
  }

  /** The index at which the first token was made: knowing it allows doing so again. */
  public Optional<Long> bootstrappedAt() {
    return AclTables.BOOTSTRAP.get(rows, Keys.ONLY).map(row -> row.getRaftIndex().getModifyIndex());
  }

  public Optional<AclToken> token(String accessorId) {
    return AclTables.TOKENS.get(rows, Keys.acl(accessorId)).map(this::withNames);
  }

  public Optional<AclToken> tokenBySecret(String secretId) {
    return first(AclTables.TOKENS.listBy(rows, TableId.ACL_TOKENS_BY_SECRET, Keys.secret(secretId)))
        .map(this::withNames);
  }

  public List<AclToken> tokens() {
    return named(AclTables.TOKENS.list(rows, Key.EMPTY));
  }

  public List<AclToken> tokensOfPolicy(String policyId) {
    return tokensBy(TableId.ACL_TOKENS_BY_POLICY, Keys.acl(policyId));
  }

  public List<AclToken> tokensOfRole(String roleId) {
    return tokensBy(TableId.ACL_TOKENS_BY_ROLE, Keys.acl(roleId));
  }

  /** At most so many. */
  public List<AclToken> tokensOfAuthMethod(String name, int countMax) {
    List<AclToken> tokens = new ArrayList<>();
    AclTables.TOKENS.scanBy(
        rows,
        TableId.ACL_TOKENS_BY_AUTH_METHOD,
        Keys.aclName(name),
        token -> tokens.add(token) && tokens.size() < countMax);
    return named(tokens);
  }

  private List<AclToken> tokensBy(TableId index, Key key) {
    return named(AclTables.TOKENS.listBy(rows, index, key));
  }

  /** The earliest time at which a token expires, in milliseconds. */
  public Optional<Long> nextExpiry() {
    List<Long> first = new ArrayList<>(1);
    rows.scanKeys(
        TableId.ACL_TOKENS_BY_EXPIRY,
        Key.EMPTY,
        Key.EMPTY,
        (key, index) -> {
          first.add(key.leadingNumber());
          return false;
        });
    return first(first);
  }

  /** Tokens that expired before the time given, the earliest first and at most so many. */
  public List<AclToken> expiredBefore(long millis, int countMax) {
    List<AclToken> expired = new ArrayList<>();
    AclTables.TOKENS.scanBy(
        rows,
        TableId.ACL_TOKENS_BY_EXPIRY,
        Key.EMPTY,
        token ->
            AclTables.millis(token.getExpirationTime()) < millis
                && expired.add(token)
                && expired.size() < countMax);
    return expired;
  }

  public Optional<AclPolicy> policy(String id) {
    return AclTables.POLICIES.get(rows, Keys.acl(id));
  }

  public Optional<AclPolicy> policyByName(String name) {
    return first(AclTables.POLICIES.listBy(rows, TableId.ACL_POLICIES_BY_NAME, Keys.aclName(name)));
  }

  public List<AclPolicy> policies() {
    return AclTables.POLICIES.list(rows, Key.EMPTY);
  }

  public Optional<AclRole> role(String id) {
    return AclTables.ROLES.get(rows, Keys.acl(id)).map(this::withNames);
  }

  public Optional<AclRole> roleByName(String name) {
    return first(AclTables.ROLES.listBy(rows, TableId.ACL_ROLES_BY_NAME, Keys.aclName(name)))
        .map(this::withNames);
  }

  public List<AclRole> roles() {
    return AclTables.ROLES.list(rows, Key.EMPTY).stream().map(this::withNames).toList();
  }

  public List<AclRole> rolesOfPolicy(String policyId) {
    return AclTables.ROLES.listBy(rows, TableId.ACL_ROLES_BY_POLICY, Keys.acl(policyId)).stream()
        .map(this::withNames)
        .toList();
  }

  public Optional<AclBindingRule> bindingRule(String id) {
    return AclTables.BINDING_RULES.get(rows, Keys.acl(id));
  }

  /** Those of an auth method; all for "". */
  public List<AclBindingRule> bindingRules(String authMethod) {
    return authMethod.isEmpty()
        ? AclTables.BINDING_RULES.list(rows, Key.EMPTY)
        : AclTables.BINDING_RULES.listBy(
            rows, TableId.ACL_BINDING_RULES_BY_AUTH_METHOD, Keys.aclName(authMethod));
  }

  public Optional<AclAuthMethod> authMethod(String name) {
    return AclTables.AUTH_METHODS.get(rows, Keys.aclName(name));
  }

  public List<AclAuthMethod> authMethods() {
    return AclTables.AUTH_METHODS.list(rows, Key.EMPTY);
  }

  private List<AclToken> named(List<AclToken> tokens) {
    return tokens.stream().map(this::withNames).toList();
  }

  private AclToken withNames(AclToken token) {
    return token.toBuilder()
        .clearPolicies()
        .addAllPolicies(links(token.getPoliciesList(), this::policyName))
        .clearRoles()
        .addAllRoles(links(token.getRolesList(), this::roleName))
        .build();
  }

  private AclRole withNames(AclRole role) {
    return role.toBuilder()
        .clearPolicies()
        .addAllPolicies(links(role.getPoliciesList(), this::policyName))
        .build();
  }

  private Optional<String> policyName(String id) {
    return policy(id).map(AclPolicy::getName);
  }

  private Optional<String> roleName(String id) {
    return AclTables.ROLES.get(rows, Keys.acl(id)).map(AclRole::getName);
  }

  private static List<AclLink> links(
      List<AclLink> stored, Function<String, Optional<String>> nameOf) {
    List<AclLink> links = new ArrayList<>();
    for (AclLink link : stored) {
      nameOf
          .apply(link.getId())
          .ifPresent(name -> links.add(link.toBuilder().setName(name).build()));
    }
    return links;
  }

  private static <T> Optional<T> first(List<T> list) {
    return list.stream().findFirst();
  }
}
