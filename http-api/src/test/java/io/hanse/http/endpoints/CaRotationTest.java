package io.hanse.http.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.http.LocalAuthority;
import io.hanse.http.LocalCluster;
import io.hanse.identity.CaPlan;
import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.identity.LeafCache;
import io.hanse.identity.RootKey;
import io.hanse.identity.SpiffeId;
import io.hanse.identity.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The authority over the state: what a change of its configuration does to roots and leafs. */
class CaRotationTest {
  private final LocalAuthority local = new LocalAuthority();
  private final CaService authority = local.service;

  @BeforeEach
  void begin() {
    authority.initialize(ClusterStateMachine.COMMAND_LEVEL).join();
  }

  @AfterEach
  void close() {
    local.close();
  }

  private static CaPlan plan(RootKey key, long leafSeconds, boolean force) {
    Struct.Builder config =
        Struct.newBuilder()
            .putFields("PrivateKeyBits", Value.newBuilder().setNumberValue(key.bits()).build())
            .putFields("Leaf", Value.newBuilder().setNumberValue((double) leafSeconds).build());
    return new CaPlan(
        CaConfiguration.newBuilder()
            .setProvider("consul")
            .setConfig(config)
            .setForceWithoutCrossSigning(force)
            .setLeafTtl(Duration.newBuilder().setSeconds(leafSeconds))
            .build(),
        key,
        java.time.Duration.ofDays(3650));
  }

  private static RootKey bits(int bits) {
    return new RootKey("ec", bits, "", "");
  }

  private CaRoot active() {
    try (View view = local.cluster.view()) {
      return new Ca(view).activeRoot().orElseThrow();
    }
  }

  /** It would stop at a command that says what the cluster may keep. */
  @Test
  void shouldBeginAClusterThatAServerOfAnOlderVersionUnderstands() {
    for (int level = 0; level <= ClusterStateMachine.COMMAND_LEVEL; level++) {
      List<Command> sent = new ArrayList<>();
      try (LocalCluster empty = new LocalCluster()) {
        new CaService(
                CaSettings.defaults("dc1"),
                command -> {
                  sent.add(command);
                  return empty.submit(command);
                },
                empty,
                () -> UUID.randomUUID().toString(),
                local::now,
                local.signing)
            .initialize(level)
            .join();
      }
      Command begin = sent.get(sent.size() - 1);
      assertThat(begin.getLevel()).isLessThanOrEqualTo(level);
      assertThat(begin.getInitializeCluster().hasRoot()).isTrue();
      assertThat(begin.getInitializeCluster().hasQuota()).isEqualTo(level >= 3);
    }
  }

  @Test
  void shouldKeepTheRootWhileItsKeyIsToStayTheSame() {
    CaRoot before = active();

    authority.configure(plan(bits(256), 3600, false)).join();

    assertThat(authority.roots()).containsExactly(before);
    assertThat(leafLife()).isEqualTo(java.time.Duration.ofHours(1).plusMinutes(1));
  }

  private java.time.Duration leafLife() {
    TrustDomain domain = authority.trustDomain().orElseThrow();
    try (LeafCache leaves = local.leaves()) {
      var leaf = leaves.leaf(SpiffeId.service(domain, "dc1", "web")).join();
      return java.time.Duration.between(leaf.validAfter(), leaf.validBefore());
    }
  }

  @Test
  void shouldRotateToRootSignedByTheOldOne() {
    CaRoot before = active();

    authority.configure(plan(bits(384), 3600, false)).join();

    CaRoot after = active();
    assertThat(after.getId()).isNotEqualTo(before.getId());
    assertThat(after.getIntermediateCertsCount()).isEqualTo(1);
    assertThat(after.getPrivateKeyBits()).isEqualTo(384);
    assertThat(authority.roots())
        .filteredOn(root -> !root.getActive())
        .singleElement()
        .satisfies(
            old -> {
              assertThat(old.getId()).isEqualTo(before.getId());
              assertThat(old.getRotatedOutAtMillis()).isPositive();
            });
  }

  @Test
  void shouldRotateWithoutTheOldRootWhereThatIsWanted() {
    authority.configure(plan(bits(384), 3600, true)).join();

    assertThat(active().getIntermediateCertsCount()).isZero();
  }

  @Test
  void shouldDoNothingTwice() {
    authority.configure(plan(bits(384), 3600, false)).join();
    List<CaRoot> once = authority.roots();

    authority.configure(plan(bits(384), 3600, false)).join();

    assertThat(authority.roots()).isEqualTo(once);
  }

  @Test
  void shouldDropOldRootWhenItsLeafsHaveExpired() {
    authority.configure(plan(bits(384), 3600, false)).join();

    local.pass(java.time.Duration.ofHours(2));
    authority.prune().join();
    assertThat(authority.roots()).hasSize(2);

    local.pass(java.time.Duration.ofSeconds(1));
    authority.prune().join();
    assertThat(authority.roots()).containsExactly(active());
  }

  @Test
  void shouldRefuseKeyParametersOfNoKey() {
    assertThatThrownBy(() -> bits(100).check()).hasMessageContaining("EC key length");
    assertThatThrownBy(() -> bits(224).check()).hasMessageContaining("not supported");
    assertThatThrownBy(() -> new RootKey("rsa", 1024, "", "").check())
        .hasMessage("RSA key length must be 2048 or 4096 bits");
    assertThatThrownBy(() -> new RootKey("dsa", 1024, "", "").check())
        .hasMessage("private key type must be either 'ec' or 'rsa'");
    assertThatThrownBy(() -> new RootKey("ec", 256, "", "pem").check())
        .hasMessage("must provide a private key when providing a root cert");
  }
}
