package io.hanse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.identity.TrustSource;
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
  private static final TrustSource OWN = TrustSource.own(OURS, List.of("own"));

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
    assertThat(roots().ofCallers())
        .containsExactly(OWN, new TrustSource("west", THEIRS, List.of("west")));
    assertThat(roots().ofUpstream("east", "EAST.consul"))
        .contains(new TrustSource("east", "east.consul", List.of("east")));
    assertThat(roots().ofUpstream("", OURS)).contains(OWN);
  }

  @Test
  void shouldLetNobodyElseSpeakForOurTrustDomain() {
    peer("west", true, "OURS.consul", "forged");
    assertThat(roots().ofCallers()).containsExactly(OWN);
    assertThat(roots().ofUpstream("west", OURS)).isEmpty();
    assertThat(roots().ofUpstream("", OURS)).contains(OWN);
    assertThat(roots().callers()).isEmpty();
  }

  @Test
  void shouldLetNoPeerVouchForTheServicesOfAnother() {
    peer("west", true, THEIRS, "west");
    peer("mallory", true, "Theirs.consul", "forged");
    assertThat(roots().ofUpstream("west", THEIRS).orElseThrow().rootPems()).containsExactly("west");
    assertThat(roots().ofUpstream("mallory", THEIRS).orElseThrow().rootPems())
        .containsExactly("forged");
    assertThat(roots().ofCallers())
        .extracting(TrustSource::peer)
        .containsOnly("", "west", "mallory");
  }

  @Test
  void shouldAnswerForAnUpstreamByTheTrustDomainThatItIsCalledBy() {
    peer("west", true, THEIRS, "west");
    assertThat(roots().ofUpstream("west", "other.consul")).isEmpty();
    assertThat(roots().ofUpstream("unknown", THEIRS)).isEmpty();
  }
}
