package io.hanse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.peering.proto.Intentions;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.ProxyTrustBundle;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MeshRootsTest {
  private static final String OURS = "ours.consul";
  private static final String THEIRS = "theirs.consul";

  private final Map<String, ProxyTrustBundle> bundles = new TreeMap<>();

  private void peer(String name, boolean mayCall, String trustDomain, String... roots) {
    bundles.put(
        name,
        ProxyTrustBundle.newBuilder()
            .setMayCall(mayCall)
            .setBundle(
                PeeringTrustBundle.newBuilder()
                    .setPeerName(name)
                    .setTrustDomain(trustDomain)
                    .addAllRootPems(List.of(roots)))
            .build());
  }

  private MeshRoots roots() {
    return MeshRoots.of(
        new ProxySnapshot(
            ProxyConfig.newBuilder().setTrustDomain(OURS).addRootPems("own").build(),
            Map.of(),
            Map.of(),
            Map.of(),
            Intentions.getDefaultInstance(),
            bundles,
            1));
  }

  @Test
  void shouldBelieveCallersOfThoseWhoMayCallOnly() {
    peer("west", true, THEIRS, "west");
    peer("east", false, "east.consul", "east");
    assertThat(roots().ofCallers()).containsOnlyKeys(OURS, THEIRS);
    assertThat(roots().ofUpstream("EAST.consul")).containsExactly("east");
  }

  @Test
  void shouldLetNobodyElseSpeakForOurTrustDomain() {
    peer("west", true, "OURS.consul", "forged");
    assertThat(roots().ofCallers().get(OURS)).containsExactly("own");
    assertThat(roots().ofUpstream(OURS)).containsExactly("own");
    assertThat(roots().callers()).isEmpty();
  }

  @Test
  void shouldLetNoPeerVouchForTheServicesOfAnother() {
    peer("west", true, THEIRS, "west");
    peer("mallory", true, "Theirs.consul", "forged");
    assertThat(roots().ofCallers().get(THEIRS)).isEmpty();
    assertThat(roots().ofUpstream(THEIRS)).isEmpty();
  }

  @Test
  void shouldBelieveAClusterThatIsAPeerTwice() {
    peer("west", true, THEIRS, "old", "new");
    peer("west-again", true, THEIRS, "old");
    assertThat(roots().ofCallers().get(THEIRS)).containsExactly("old");
  }
}
