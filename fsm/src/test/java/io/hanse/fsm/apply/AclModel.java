package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.ClusterModel.require;

import io.hanse.fsm.row.AclAuthMethod;
import io.hanse.fsm.row.AclBindingRule;
import io.hanse.fsm.row.AclLink;
import io.hanse.fsm.row.AclPolicy;
import io.hanse.fsm.row.AclRole;
import io.hanse.fsm.row.AclToken;
import io.hanse.fsm.row.BootstrapAcl;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeleteAclAuthMethod;
import io.hanse.fsm.row.ExpireAclTokens;
import io.hanse.fsm.row.WriteAclTokens;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Acl;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The part of {@link ClusterModel} that is access control. */
final class AclModel {
  private static final String BUILTIN = "00000000-0000-0000-0000-00000000000";

  record Policy(String id, String name, String rules) {}

  record Role(String id, String name, List<String> policies) {}

  record Token(
      String id,
      String secret,
      List<String> policies,
      List<String> roles,
      String method,
      long expiry) {}

  record Rule(String id, String method, String name) {}

  final TreeMap<String, Policy> policies = new TreeMap<>();
  final TreeMap<String, Role> roles = new TreeMap<>();
  final TreeMap<String, Token> tokens = new TreeMap<>();
  final TreeMap<String, Long> versions = new TreeMap<>();
  final TreeMap<String, String> methods = new TreeMap<>();
  final TreeMap<String, Rule> rules = new TreeMap<>();
  long bootstrappedAt;

  /** The clock of the log. */
  long timeMillis;

  AclModel copy() {
    AclModel copy = new AclModel();
    copy.timeMillis = timeMillis;
    copy.policies.putAll(policies);
    copy.roles.putAll(roles);
    copy.tokens.putAll(tokens);
    copy.versions.putAll(versions);
    copy.methods.putAll(methods);
    copy.rules.putAll(rules);
    copy.bootstrappedAt = bootstrappedAt;
    return copy;
  }

  private static String fold(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Whether it took place; empty: it is about something else. */
  Optional<Boolean> apply(Command command, long index) {
    switch (command.getBodyCase()) {
      case WRITE_ACL_POLICIES -> command.getWriteAclPolicies().getPoliciesList().forEach(this::put);
      case DELETE_ACL_POLICIES -> {
        for (String id : command.getDeleteAclPolicies().getIdsList()) {
          require(!id.startsWith(BUILTIN));
          policies.remove(fold(id));
        }
      }
      case WRITE_ACL_ROLES -> {
        for (AclRole role : command.getWriteAclRoles().getRolesList()) {
          put(role, command.getWriteAclRoles().getAllowMissingLinks());
        }
      }
      case DELETE_ACL_ROLES -> command.getDeleteAclRoles().getIdsList().forEach(roles::remove);
      case WRITE_ACL_TOKENS -> {
        return Optional.of(write(command.getWriteAclTokens(), index));
      }
      case DELETE_ACL_TOKENS -> {
        for (String id : command.getDeleteAclTokens().getAccessorIdsList()) {
          require(!id.startsWith(BUILTIN));
          drop(fold(id));
        }
      }
      case BOOTSTRAP_ACL -> bootstrap(command.getBootstrapAcl(), index);
      case EXPIRE_ACL_TOKENS -> {
        return Optional.of(expire(command.getExpireAclTokens()));
      }
      case WRITE_ACL_AUTH_METHODS -> {
        for (AclAuthMethod method : command.getWriteAclAuthMethods().getMethodsList()) {
          require(!method.getType().isEmpty());
          methods.put(method.getName(), method.getType());
        }
      }
      case DELETE_ACL_AUTH_METHOD -> {
        return Optional.of(delete(command.getDeleteAclAuthMethod()));
      }
      case WRITE_ACL_BINDING_RULES -> {
        for (AclBindingRule rule : command.getWriteAclBindingRules().getRulesList()) {
          require(methods.containsKey(rule.getAuthMethod()));
          rules.put(rule.getId(), new Rule(rule.getId(), rule.getAuthMethod(), rule.getBindName()));
        }
      }
      case DELETE_ACL_BINDING_RULES ->
          command.getDeleteAclBindingRules().getIdsList().forEach(rules::remove);
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(true);
  }

  private void put(AclPolicy policy) {
    require(!policy.getId().isEmpty() && !policy.getName().isEmpty());
    String id = fold(policy.getId());
    Policy old = policies.get(id);
    require(old == null || !id.startsWith(BUILTIN) || old.rules().equals(policy.getRules()));
    require(
        policies.entrySet().stream()
            .allMatch(
                other ->
                    other.getKey().equals(id)
                        || !fold(other.getValue().name()).equals(fold(policy.getName()))));
    policies.put(id, new Policy(policy.getId(), policy.getName(), policy.getRules()));
  }

  private void put(AclRole role, boolean allowMissing) {
    require(!role.getName().isEmpty());
    require(
        roles.values().stream()
            .allMatch(
                other ->
                    other.id().equals(role.getId())
                        || !fold(other.name()).equals(fold(role.getName()))));
    List<String> links = checked(role.getPoliciesList(), policies::containsKey, allowMissing);
    roles.put(role.getId(), new Role(role.getId(), role.getName(), links));
  }

  private static List<String> checked(
      List<AclLink> links, Predicate<String> exists, boolean allowMissing) {
    return links.stream()
        .map(AclLink::getId)
        .peek(id -> require(!id.isEmpty() && (allowMissing || exists.test(fold(id)))))
        .toList();
  }

  private boolean write(WriteAclTokens command, long index) {
    for (AclToken token : command.getTokensList()) {
      long version = versions.getOrDefault(fold(token.getAccessorId()), 0L);
      if (command.getHasCas() && token.getRaftIndex().getModifyIndex() != version) {
        return false;
      }
    }
    command.getTokensList().forEach(token -> put(token, command, index));
    return true;
  }

  private void put(AclToken token, WriteAclTokens rules, long index) {
    require(!token.getSecretId().isEmpty());
    String id = fold(token.getAccessorId());
    Token old = tokens.get(id);
    require(
        old == null
            ? tokens.values().stream().noneMatch(one -> one.secret().equals(token.getSecretId()))
            : old.secret().equals(token.getSecretId()));
    require(token.getAuthMethod().isEmpty() || methods.containsKey(token.getAuthMethod()));
    boolean loose = rules.getAllowMissingLinks();
    List<String> ofPolicies = checked(token.getPoliciesList(), policies::containsKey, loose);
    List<String> ofRoles = checked(token.getRolesList(), roles::containsKey, loose);
    boolean isUseful =
        ofPolicies.stream().anyMatch(one -> policies.containsKey(fold(one)))
            || ofRoles.stream().anyMatch(roles::containsKey);
    require(isUseful || !rules.getRequirePrivileges());
    Token row =
        new Token(
            token.getAccessorId(),
            token.getSecretId(),
            ofPolicies,
            ofRoles,
            token.getAuthMethod(),
            token.getExpirationTime().getSeconds() * 1_000);
    if (!row.equals(old)) {
      tokens.put(id, row);
      versions.put(id, index);
    }
  }

  private void drop(String id) {
    tokens.remove(id);
    versions.remove(id);
  }

  private void bootstrap(BootstrapAcl command, long index) {
    require(bootstrappedAt == 0 || command.getResetIndex() == bootstrappedAt);
    put(command.getToken(), WriteAclTokens.getDefaultInstance(), index);
    bootstrappedAt = index;
  }

  private boolean expire(ExpireAclTokens command) {
    require(command.getTokensMax() > 0);
    List<Token> expired =
        tokens.values().stream()
            .filter(token -> token.expiry() != 0)
            .filter(token -> token.expiry() < timeMillis)
            .sorted(java.util.Comparator.comparingLong(Token::expiry))
            .toList();
    expired.stream().limit(command.getTokensMax()).forEach(token -> drop(fold(token.id())));
    return expired.size() <= command.getTokensMax();
  }

  private boolean delete(DeleteAclAuthMethod command) {
    require(command.getTokensMax() > 0);
    List<Token> ofMethod =
        tokens.values().stream().filter(one -> one.method().equals(command.getName())).toList();
    ofMethod.stream().limit(command.getTokensMax()).forEach(token -> drop(fold(token.id())));
    if (ofMethod.size() > command.getTokensMax()) {
      return false;
    }
    rules.values().removeIf(rule -> rule.method().equals(command.getName()));
    methods.remove(command.getName());
    return true;
  }

  /**
   * What the state shows, in the form of a model with no versions; links that lead nowhere gone.
   */
  static AclModel stored(Rows rows) {
    AclModel stored = new AclModel();
    Acl acl = new Acl(rows);
    for (AclPolicy one : acl.policies()) {
      stored.policies.put(
          fold(one.getId()), new Policy(one.getId(), one.getName(), one.getRules()));
    }
    for (AclRole one : acl.roles()) {
      stored.roles.put(
          one.getId(), new Role(one.getId(), one.getName(), ids(one.getPoliciesList())));
    }
    for (AclToken one : acl.tokens()) {
      stored.tokens.put(
          fold(one.getAccessorId()),
          new Token(
              one.getAccessorId(),
              one.getSecretId(),
              ids(one.getPoliciesList()),
              ids(one.getRolesList()),
              one.getAuthMethod(),
              one.getExpirationTime().getSeconds() * 1_000));
      stored.versions.put(fold(one.getAccessorId()), one.getRaftIndex().getModifyIndex());
    }
    acl.authMethods().forEach(one -> stored.methods.put(one.getName(), one.getType()));
    for (AclBindingRule one : acl.bindingRules("")) {
      stored.rules.put(one.getId(), new Rule(one.getId(), one.getAuthMethod(), one.getBindName()));
    }
    stored.bootstrappedAt = acl.bootstrappedAt().orElse(0L);
    return stored;
  }

  private static List<String> ids(List<AclLink> links) {
    return links.stream().map(AclLink::getId).toList();
  }

  /** With the links that lead somewhere only. */
  AclModel shown() {
    AclModel shown = copy();
    shown.roles.replaceAll(
        (id, role) -> new Role(role.id(), role.name(), present(role.policies(), policies)));
    shown.tokens.replaceAll(
        (id, token) ->
            new Token(
                token.id(),
                token.secret(),
                present(token.policies(), policies),
                present(token.roles(), roles),
                token.method(),
                token.expiry()));
    return shown;
  }

  private static List<String> present(List<String> ids, Map<String, ?> among) {
    return ids.stream().filter(id -> among.containsKey(fold(id))).toList();
  }

  /** All that two models hold, for comparison. */
  List<Object> content() {
    return List.of(policies, roles, tokens, versions, methods, rules, bootstrappedAt);
  }
}
