package io.hanse.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.identity.SpiffeId;
import io.hanse.identity.Vouched;
import io.hanse.peering.proto.IntentionRule;
import io.hanse.peering.proto.Intentions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IntentionPolicyTest {
  private static final String OURS = "11111111-0000-0000-0000-000000000001.consul";
  private static final String THEIRS = "22222222-0000-0000-0000-000000000002.consul";
  private static final PeeringTrustBundle BUNDLE =
      PeeringTrustBundle.newBuilder()
          .setPeerName("west")
          .setTrustDomain(THEIRS)
          .setExportedPartition("default")
          .build();

  private static final PeeringTrustBundle RIVAL = BUNDLE.toBuilder().setPeerName("rival").build();

  @Test
  void shouldFollowTheMostPreciseRule() {
    IntentionPolicy policy =
        policy(false, rule("*", "", true, 8), rule("web", "", false, 9), rule("web", "", true, 6));
    assertThat(allows(policy, OURS, "web")).isFalse();
    assertThat(allows(policy, OURS, "api")).isTrue();
  }

  @Test
  void shouldFallBackToTheDefault() {
    assertThat(allows(policy(true), OURS, "web")).isTrue();
    assertThat(allows(policy(false), OURS, "web")).isFalse();
    assertThat(policy(false).judge(caller(OURS, "web")).reason()).isEqualTo("default policy");
  }

  @Test
  void shouldNotTakeAServiceOfAPeerForOneOfOurs() {
    IntentionPolicy policy = policy(false, rule("*", "", true, 8), rule("web", "", true, 9));
    assertThat(allows(policy, THEIRS, "web")).isFalse();
    IntentionPolicy ofPeer = policy(false, rule("web", "west", true, 9));
    assertThat(allows(ofPeer, THEIRS, "web")).isTrue();
    assertThat(allows(ofPeer, OURS, "web")).isFalse();
    assertThat(allows(ofPeer, THEIRS, "api")).isFalse();
  }

  @Test
  void shouldIgnoreRulesOfPeersWithoutRoots() {
    assertThat(allows(policy(false, rule("web", "north", true, 9)), THEIRS, "web")).isFalse();
  }

  /** "rival" names the trust domain of west, and its roots are its own. */
  @Test
  void shouldJudgeACallerByWhoVouchesForIt() {
    IntentionPolicy policy =
        policy(false, rule("web", "west", true, 9), rule("web", "rival", false, 9));
    assertThat(policy.judge(caller(THEIRS, "web", "west")).allowed()).isTrue();
    assertThat(policy.judge(caller(THEIRS, "web", "rival")).allowed()).isFalse();
    IntentionPolicy ours = policy(false, rule("web", "", true, 9));
    assertThat(ours.judge(caller(OURS, "web", "rival")).allowed()).isFalse();
  }

  /**
   * One cluster by two names; or one that adds the roots of another to its own: it gains nothing.
   */
  @Test
  void shouldAllowWhatAnyOfSeveralWhoVouchMay() {
    IntentionPolicy policy =
        policy(false, rule("web", "west", true, 9), rule("web", "rival", false, 9));
    assertThat(policy.judge(caller(THEIRS, "web", "rival", "west")).allowed()).isTrue();
    assertThat(policy.judge(caller(THEIRS, "api", "rival", "west")).allowed()).isFalse();
  }

  /** Roots are public: whoever adds those of another must not lift what is denied to that one. */
  @Test
  void shouldNotAllowByDefaultWhatIsDeniedToOneWhoVouches() {
    IntentionPolicy policy = policy(true, rule("web", "west", false, 9));
    assertThat(policy.judge(caller(THEIRS, "web", "rival", "west")).allowed()).isFalse();
    assertThat(policy.judge(caller(THEIRS, "web", "rival")).allowed()).isTrue();
  }

  @Test
  void shouldRefuseWhatIsNoServiceAndOtherPartitions() {
    IntentionPolicy policy = policy(true);
    SpiffeId gateway = SpiffeId.parse("spiffe://" + OURS + "/gateway/mesh/dc/dc1");
    assertThat(policy.judge(new Vouched(gateway, Set.of(""))).allowed()).isFalse();
    IntentionPolicy named = policy(false, rule("*", "west", true, 8));
    SpiffeId other = SpiffeId.parse("spiffe://" + THEIRS + "/ap/x/ns/default/dc/dc2/svc/web");
    assertThat(named.judge(new Vouched(other, Set.of("west"))).allowed()).isFalse();
  }

  private static IntentionPolicy policy(boolean allowByDefault, IntentionRule... rules) {
    return new IntentionPolicy(
        Intentions.newBuilder()
            .setService("db")
            .addAllRules(List.of(rules))
            .setAllowByDefault(allowByDefault)
            .build(),
        List.of(BUNDLE, RIVAL));
  }

  private static boolean allows(IntentionPolicy policy, String trustDomain, String service) {
    return policy.judge(caller(trustDomain, service)).allowed();
  }

  /** A caller of this cluster or of "west". */
  private static Vouched caller(String trustDomain, String service) {
    return caller(trustDomain, service, trustDomain.equals(OURS) ? "" : "west");
  }

  private static Vouched caller(String trustDomain, String service, String... peers) {
    return new Vouched(SpiffeId.parse(uri(trustDomain, service)), Set.of(peers));
  }

  private static String uri(String trustDomain, String service) {
    return "spiffe://" + trustDomain + "/ns/default/dc/dc1/svc/" + service;
  }

  private static IntentionRule rule(String source, String peer, boolean allow, int precedence) {
    return IntentionRule.newBuilder()
        .setSource(source)
        .setPeer(peer)
        .setAllow(allow)
        .setPrecedence(precedence)
        .setDestination("db")
        .build();
  }
}
