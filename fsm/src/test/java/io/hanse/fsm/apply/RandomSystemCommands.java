package io.hanse.fsm.apply;

import com.google.protobuf.Timestamp;
import io.hanse.fsm.row.AclAuthMethod;
import io.hanse.fsm.row.AclBindingRule;
import io.hanse.fsm.row.AclLink;
import io.hanse.fsm.row.AclPolicy;
import io.hanse.fsm.row.AclRole;
import io.hanse.fsm.row.AclToken;
import io.hanse.fsm.row.BootstrapAcl;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeleteAclAuthMethod;
import io.hanse.fsm.row.DeleteAclBindingRules;
import io.hanse.fsm.row.DeleteAclPolicies;
import io.hanse.fsm.row.DeleteAclRoles;
import io.hanse.fsm.row.DeleteAclTokens;
import io.hanse.fsm.row.ExpireAclTokens;
import io.hanse.fsm.row.PruneCaRoots;
import io.hanse.fsm.row.RotateCa;
import io.hanse.fsm.row.SystemRecord;
import io.hanse.fsm.row.WriteAclAuthMethods;
import io.hanse.fsm.row.WriteAclBindingRules;
import io.hanse.fsm.row.WriteAclPolicies;
import io.hanse.fsm.row.WriteAclRoles;
import io.hanse.fsm.row.WriteAclTokens;
import io.hanse.fsm.row.WriteCa;
import io.hanse.fsm.row.WriteSystemRecord;
import java.util.Random;

/** Commands about access control and the cluster itself, from so few names that they meet. */
final class RandomSystemCommands {
  /** The clock of a replica whose test does not turn it. */
  static final long NOW_MILLIS = 1_000_000_000_000L;

  private static final String[] POLICIES = {
    "00000000-0000-0000-0000-000000000001", "p1", "P1", "p2", ""
  };
  private static final String[] ROLES = {"r1", "r2"};
  private static final String[] TOKENS = {"t1", "t2", "T1", "00000000-0000-0000-0000-000000000002"};
  private static final String[] NAMES = {"admin", "Admin", "ops", "web", ""};
  private static final String[] SECRETS = {"s1", "s2", "s3", ""};
  private static final String[] METHODS = {"k8s", "jwt"};
  private static final String[] ROOTS = {"c1", "c2", "c3"};
  private static final String[] KEYS = {"f1", "f2", ""};

  private final Random random;

  RandomSystemCommands(Random random) {
    this.random = random;
  }

  private String one(String[] of) {
    return of[random.nextInt(of.length)];
  }

  Command.Builder next() {
    Command.Builder command = Command.newBuilder();
    return switch (random.nextInt(16)) {
      case 0, 1 ->
          command.setWriteAclPolicies(
              WriteAclPolicies.newBuilder()
                  .addPolicies(
                      AclPolicy.newBuilder()
                          .setId(one(POLICIES))
                          .setName(one(NAMES))
                          .setRules(random.nextBoolean() ? "r" : "")));
      case 2 -> command.setDeleteAclPolicies(DeleteAclPolicies.newBuilder().addIds(one(POLICIES)));
      case 3 ->
          command.setWriteAclRoles(
              WriteAclRoles.newBuilder()
                  .setAllowMissingLinks(random.nextBoolean())
                  .addRoles(
                      AclRole.newBuilder()
                          .setId(one(ROLES))
                          .setName(one(NAMES))
                          .addPolicies(link(POLICIES))));
      case 4 -> command.setDeleteAclRoles(DeleteAclRoles.newBuilder().addIds(one(ROLES)));
      case 5, 6, 7 -> command.setWriteAclTokens(tokens());
      case 8 ->
          command.setDeleteAclTokens(
              DeleteAclTokens.newBuilder().addAccessorIds(one(TOKENS)).addAccessorIds(one(TOKENS)));
      case 9 -> authMethod(command);
      case 10 -> bindingRule(command);
      case 11 ->
          command.setBootstrapAcl(
              BootstrapAcl.newBuilder().setToken(token()).setResetIndex(random.nextInt(40)));
      case 12 ->
          command.setExpireAclTokens(
              ExpireAclTokens.newBuilder()
                  .setExpiredBeforeMillis(Long.MAX_VALUE)
                  .setTokensMax(random.nextInt(3)));
      case 13, 14 -> authority(command);
      default -> random.nextBoolean() ? Commands.autopilot(random.nextInt(3)) : record(command);
    };
  }

  private AclLink.Builder link(String[] ids) {
    return AclLink.newBuilder().setId(one(ids)).setName("stale");
  }

  private AclToken.Builder token() {
    AclToken.Builder token =
        AclToken.newBuilder().setAccessorId(one(TOKENS)).setSecretId(one(SECRETS));
    if (random.nextBoolean()) {
      token.addPolicies(link(POLICIES));
    }
    if (random.nextInt(3) == 0) {
      token.addRoles(link(ROLES));
    }
    if (random.nextInt(3) == 0) {
      token.setAuthMethod(one(METHODS));
    }
    if (random.nextInt(3) == 0) {
      long at = NOW_MILLIS / 1_000 + random.nextInt(3) - 1;
      token.setExpirationTime(Timestamp.newBuilder().setSeconds(at));
    }
    return token;
  }

  private WriteAclTokens.Builder tokens() {
    AclToken.Builder token = token();
    boolean hasCas = random.nextInt(4) == 0;
    if (hasCas) {
      token.getRaftIndexBuilder().setModifyIndex(random.nextInt(50));
    }
    return WriteAclTokens.newBuilder()
        .setHasCas(hasCas)
        .setAllowMissingLinks(random.nextBoolean())
        .setRequirePrivileges(random.nextInt(4) == 0)
        .addTokens(token);
  }

  private Command.Builder authMethod(Command.Builder command) {
    return random.nextInt(3) > 0
        ? command.setWriteAclAuthMethods(
            WriteAclAuthMethods.newBuilder()
                .addMethods(
                    AclAuthMethod.newBuilder()
                        .setName(one(METHODS))
                        .setType(one(new String[] {"jwt", "kubernetes", ""}))))
        : command.setDeleteAclAuthMethod(
            DeleteAclAuthMethod.newBuilder().setName(one(METHODS)).setTokensMax(random.nextInt(3)));
  }

  private Command.Builder bindingRule(Command.Builder command) {
    return random.nextInt(3) > 0
        ? command.setWriteAclBindingRules(
            WriteAclBindingRules.newBuilder()
                .addRules(
                    AclBindingRule.newBuilder()
                        .setId(one(ROLES))
                        .setAuthMethod(one(METHODS))
                        .setBindName(one(NAMES))))
        : command.setDeleteAclBindingRules(DeleteAclBindingRules.newBuilder().addIds(one(ROLES)));
  }

  private Command.Builder authority(Command.Builder command) {
    CaConfiguration.Builder configuration = CaConfiguration.newBuilder().setProvider("consul");
    CaRoot.Builder root = CaRoot.newBuilder().setId(one(ROOTS)).setActive(random.nextBoolean());
    return switch (random.nextInt(4)) {
      case 0 ->
          command.setWriteCa(
              WriteCa.newBuilder()
                  .setConfiguration(configuration.setForceWithoutCrossSigning(random.nextBoolean()))
                  .addRoots(root)
                  .setCas(random.nextInt(3) == 0 ? random.nextInt(40) : 0));
      case 1 ->
          command.setPruneCaRoots(
              PruneCaRoots.newBuilder()
                  .setRotatedOutBeforeMillis(NOW_MILLIS + random.nextInt(2) * 10_000_000_000L));
      default ->
          command.setRotateCa(
              RotateCa.newBuilder()
                  .setConfiguration(configuration)
                  .setRoot(root)
                  .setReplaces(one(ROOTS))
                  .setCas(random.nextInt(30)));
    };
  }

  private Command.Builder record(Command.Builder command) {
    return command.setWriteSystemRecord(
        WriteSystemRecord.newBuilder()
            .setHasCas(random.nextInt(3) == 0)
            .setCas(random.nextInt(30))
            .setDelete(random.nextInt(3) == 0)
            .setRecord(SystemRecord.newBuilder().setKey(one(KEYS)).setValue(one(NAMES))));
  }
}
