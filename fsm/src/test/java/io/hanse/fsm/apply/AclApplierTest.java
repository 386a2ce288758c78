package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.hanse.fsm.row.AclAuthMethod;
import io.hanse.fsm.row.AclBindingRule;
import io.hanse.fsm.row.AclLink;
import io.hanse.fsm.row.AclNodeIdentity;
import io.hanse.fsm.row.AclPolicy;
import io.hanse.fsm.row.AclRole;
import io.hanse.fsm.row.AclServiceIdentity;
import io.hanse.fsm.row.AclTemplatedPolicy;
import io.hanse.fsm.row.AclToken;
import io.hanse.fsm.row.BootstrapAcl;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeleteAclPolicies;
import io.hanse.fsm.row.DeleteAclTokens;
import io.hanse.fsm.row.ExpireAclTokens;
import io.hanse.fsm.row.WriteAclAuthMethods;
import io.hanse.fsm.row.WriteAclBindingRules;
import io.hanse.fsm.row.WriteAclPolicies;
import io.hanse.fsm.row.WriteAclRoles;
import io.hanse.fsm.row.WriteAclTokens;
import io.hanse.fsm.store.FolderSync;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Acl;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AclApplierTest {
  private static final String MANAGEMENT = "00000000-0000-0000-0000-000000000001";
  private static final String ANONYMOUS = "00000000-0000-0000-0000-000000000002";

  private final Replica replica = new Replica();
  @TempDir Path folder;

  @AfterEach
  void close() {
    replica.close();
  }

  private static Command.Builder policy(String id, String name, String rules) {
    return Command.newBuilder()
        .setWriteAclPolicies(
            WriteAclPolicies.newBuilder()
                .addPolicies(AclPolicy.newBuilder().setId(id).setName(name).setRules(rules)));
  }

  private static Command.Builder role(String id, String name, String policyId) {
    return Command.newBuilder()
        .setWriteAclRoles(
            WriteAclRoles.newBuilder()
                .addRoles(
                    AclRole.newBuilder()
                        .setId(id)
                        .setName(name)
                        .addPolicies(AclLink.newBuilder().setId(policyId))));
  }

  private static AclToken.Builder aToken(String accessor, String secret) {
    return AclToken.newBuilder().setAccessorId(accessor).setSecretId(secret);
  }

  private static Command.Builder tokens(AclToken.Builder... tokens) {
    WriteAclTokens.Builder write = WriteAclTokens.newBuilder();
    for (AclToken.Builder token : tokens) {
      write.addTokens(token);
    }
    return Command.newBuilder().setWriteAclTokens(write);
  }

  private static Command.Builder expire(int countMax) {
    return Command.newBuilder()
        .setExpireAclTokens(
            ExpireAclTokens.newBuilder()
                .setExpiredBeforeMillis(Long.MAX_VALUE)
                .setTokensMax(countMax));
  }

  private Acl acl() {
    return new Acl(replica.now());
  }

  @Test
  void shouldFollowPolicyToItsNewNameAndItsEnd() {
    replica.done(policy("p1", "old", ""));
    replica.done(role("r1", "ops", "p1"));
    replica.done(tokens(aToken("t1", "s1").addPolicies(AclLink.newBuilder().setId("p1"))));

    replica.done(policy("p1", "new", ""));
    assertThat(acl().token("t1").orElseThrow().getPolicies(0).getName()).isEqualTo("new");
    assertThat(acl().roleByName("OPS").orElseThrow().getPolicies(0).getName()).isEqualTo("new");
    assertThat(acl().tokensOfPolicy("P1")).hasSize(1);

    replica.done(
        Command.newBuilder().setDeleteAclPolicies(DeleteAclPolicies.newBuilder().addIds("p1")));
    assertThat(acl().token("t1").orElseThrow().getPoliciesList()).isEmpty();
  }

  @Test
  void shouldRefuseLinksThatLeadNowhere() {
    String byName = "Encountered a Token with policies linked by Name in the state store";
    assertThat(
            replica.refusal(
                tokens(aToken("t1", "s1").addPolicies(AclLink.newBuilder().setName("p")))))
        .isEqualTo(byName);
    Command.Builder missing = tokens(aToken("t1", "s1").addRoles(AclLink.newBuilder().setId("r9")));
    assertThat(replica.refusal(missing)).isEqualTo("No such role with ID: r9");

    missing.getWriteAclTokensBuilder().setAllowMissingLinks(true).setRequirePrivileges(true);
    assertThat(replica.refusal(missing)).isEqualTo("Token has no privileges");
    missing.getWriteAclTokensBuilder().setRequirePrivileges(false);
    replica.done(missing);
  }

  @Test
  void shouldGiveEachSecretToOneTokenForEver() {
    replica.done(tokens(aToken("t1", "s1")));
    assertThat(replica.refusal(tokens(aToken("t2", "s1"))))
        .isEqualTo("Invalid Token: SecretID is already in use");
    assertThat(replica.refusal(tokens(aToken("t1", "s2"))))
        .isEqualTo("The ACL Token SecretID field is immutable");
    assertThat(acl().tokenBySecret("s1").map(AclToken::getAccessorId)).contains("t1");
    assertThat(acl().tokenBySecret("s2")).isEmpty();
  }

  @Test
  void shouldWriteBatchWholeOrNotAtAll() {
    assertThat(replica.refusal(tokens(aToken("t1", "s1"), aToken("t2", ""))))
        .isEqualTo("Missing ACL Token SecretID");
    assertThat(acl().tokens()).isEmpty();

    Command.Builder second = tokens(aToken("t1", "s1"), aToken("t2", "s2"));
    second.getWriteAclTokensBuilder().setHasCas(true);
    replica.done(second);
    assertThat(replica.done(second).getDone()).isFalse();
  }

  @Test
  void shouldGuardWhatIsBuiltIn() {
    replica.done(policy(MANAGEMENT, "global-management", "all"));
    replica.done(policy(MANAGEMENT, "renamed", "all"));
    assertThat(replica.refusal(policy(MANAGEMENT, "renamed", "less")))
        .isEqualTo("Changing the Rules for the builtin global-management policy is not permitted");
    assertThat(
            replica.refusal(
                Command.newBuilder()
                    .setDeleteAclPolicies(DeleteAclPolicies.newBuilder().addIds(MANAGEMENT))))
        .isEqualTo("Deletion of the builtin global-management policy is not permitted");
    assertThat(
            replica.refusal(
                Command.newBuilder()
                    .setDeleteAclTokens(DeleteAclTokens.newBuilder().addAccessorIds(ANONYMOUS))))
        .isEqualTo("Deletion of the builtin anonymous token is not permitted");
  }

  @Test
  void shouldBootstrapAgainOnlyWithTheIndexOfTheLastTime() {
    Command.Builder bootstrap =
        Command.newBuilder()
            .setBootstrapAcl(BootstrapAcl.newBuilder().setToken(aToken("t1", "s1")));
    long index = replica.done(bootstrap).getIndex();
    bootstrap.getBootstrapAclBuilder().setToken(aToken("t2", "s2"));
    assertThat(replica.refusal(bootstrap)).isEqualTo("ACL bootstrap no longer allowed");
    bootstrap.getBootstrapAclBuilder().setResetIndex(index + 1);
    assertThat(replica.refusal(bootstrap)).isEqualTo("Invalid ACL bootstrap reset index");

    bootstrap.getBootstrapAclBuilder().setResetIndex(index);
    long again = replica.done(bootstrap).getIndex();

    assertThat(acl().bootstrappedAt()).contains(again);
    assertThat(acl().tokens()).hasSize(2);
  }

  @Test
  void shouldTakeOutWhatHasExpiredByTheClockOfTheLog() {
    long second = replica.timeMillis / 1_000;
    for (int i = 0; i < 3; i++) {
      replica.done(
          tokens(
              aToken("t" + i, "s" + i)
                  .setExpirationTime(Timestamp.newBuilder().setSeconds(second + i))));
    }
    assertThat(acl().nextExpiry()).contains(second * 1_000);
    assertThat(replica.done(expire(10)).getDone()).isTrue();
    assertThat(acl().tokens()).hasSize(3);

    replica.timeMillis += 2_000;
    assertThat(replica.done(expire(1)).getDone()).isFalse();
    assertThat(replica.done(expire(1)).getDone()).isTrue();

    assertThat(acl().tokens()).extracting(AclToken::getAccessorId).containsExactly("t2");
    assertThat(replica.refusal(expire(0))).contains("can be taken out at once");
  }

  @Test
  void shouldKeepAllOfItOverSnapshot() throws IOException {
    replica.done(policy("p1", "admin", "rules"));
    replica.done(role("r1", "ops", "p1"));
    replica.done(
        Command.newBuilder()
            .setWriteAclAuthMethods(
                WriteAclAuthMethods.newBuilder()
                    .addMethods(AclAuthMethod.newBuilder().setName("jwt").setType("jwt"))));
    replica.done(
        Command.newBuilder()
            .setWriteAclBindingRules(
                WriteAclBindingRules.newBuilder()
                    .addRules(AclBindingRule.newBuilder().setId("b1").setAuthMethod("jwt"))));
    AclToken.Builder token =
        aToken("t1", "s1")
            .addPolicies(AclLink.newBuilder().setId("p1"))
            .addRoles(AclLink.newBuilder().setId("r1"))
            .addServiceIdentities(AclServiceIdentity.newBuilder().setServiceName("web"))
            .addNodeIdentities(AclNodeIdentity.newBuilder().setNodeName("n1").setDatacenter("dc1"))
            .addTemplatedPolicies(AclTemplatedPolicy.newBuilder().setTemplateName("builtin/dns"))
            .setAuthMethod("jwt")
            .setExpirationTime(Timestamp.newBuilder().setSeconds(2_000_000_000));
    replica.done(Command.newBuilder().setBootstrapAcl(BootstrapAcl.newBuilder().setToken(token)));
    Path file = folder.resolve("snapshot");
    replica.machine.writeSnapshot(1, file, FolderSync.ofDisk());

    try (ClusterStateMachine restored =
        new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run))) {
      restored.loadSnapshot(file);
      assertThat(restored.digest()).isEqualTo(replica.machine.digest());
      try (View view = restored.view()) {
        Acl there = new Acl(view);
        assertThat(there.tokenBySecret("s1")).isEqualTo(acl().token("t1"));
        assertThat(there.tokensOfRole("r1")).hasSize(1);
        assertThat(there.tokensOfAuthMethod("jwt", 10)).hasSize(1);
        assertThat(there.rolesOfPolicy("p1")).isEqualTo(acl().roles());
        assertThat(there.policyByName("ADMIN")).isEqualTo(acl().policy("p1"));
        assertThat(there.bindingRules("jwt")).isEqualTo(acl().bindingRules(""));
        assertThat(there.authMethod("jwt")).isEqualTo(acl().authMethod("jwt"));
        assertThat(there.bootstrappedAt()).isEqualTo(acl().bootstrappedAt());
        assertThat(there.nextExpiry()).contains(2_000_000_000_000L);
      }
    }
  }
}
