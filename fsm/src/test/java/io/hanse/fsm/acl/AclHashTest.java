package io.hanse.fsm.acl;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.AclLink;
import io.hanse.fsm.row.AclNodeIdentity;
import io.hanse.fsm.row.AclPolicy;
import io.hanse.fsm.row.AclRole;
import io.hanse.fsm.row.AclServiceIdentity;
import io.hanse.fsm.row.AclTemplateVariables;
import io.hanse.fsm.row.AclTemplatedPolicy;
import io.hanse.fsm.row.AclToken;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AclHashTest {
  private static String blake2b(String text) {
    Blake2b digest = new Blake2b();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.sum());
  }

  private static String hex(ByteString hash) {
    return HexFormat.of().formatHex(hash.toByteArray());
  }

  /** Expected values are of another implementation. */
  @Test
  void shouldDigestAsOthersDo() {
    assertThat(blake2b(""))
        .isEqualTo("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    assertThat(blake2b("abc"))
        .isEqualTo("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    assertThat(blake2b("x".repeat(300)))
        .isEqualTo("5aa7fbbf37986bb2a5d547c0d3c4d4326a24d786e7d57bf93fc784176e38b33d");
  }

  @Test
  void shouldTakeWhatCanBeChangedOfPolicy() {
    AclPolicy policy =
        AclPolicy.newBuilder()
            .setId("not hashed")
            .setName("ci")
            .setDescription("build")
            .setRules("key \"a\" { policy = \"read\" }")
            .addDatacenters("dc1")
            .build();

    assertThat(hex(AclHash.of(policy)))
        .isEqualTo("72d06be8d648c2fbc3b8a0ecb33c068575417935ffa3004af790ad20765ebe2b");
  }

  @Test
  void shouldTakeWhatCanBeChangedOfToken() {
    AclToken.Builder token =
        AclToken.newBuilder()
            .setDescription("tok")
            .addPolicies(AclLink.newBuilder().setId("p1").setName("not hashed"))
            .addRoles(AclLink.newBuilder().setId("r1"))
            .addServiceIdentities(
                AclServiceIdentity.newBuilder().setServiceName("web").addDatacenters("dc1"))
            .addNodeIdentities(AclNodeIdentity.newBuilder().setNodeName("n1").setDatacenter("dc1"))
            .addTemplatedPolicies(
                AclTemplatedPolicy.newBuilder()
                    .setTemplateId("T1")
                    .setTemplateName("builtin/service")
                    .setTemplateVariables(AclTemplateVariables.newBuilder().setName("web"))
                    .addDatacenters("dc2"));

    assertThat(hex(AclHash.of(token.build())))
        .isEqualTo("01e3ce13415f47124a4bdcf7d466d2cddccb0fc9877b74c2be751fbba621ad2d");
    assertThat(AclHash.of(token.build())).isNotEqualTo(AclHash.of(token.setLocal(true).build()));
  }

  @Test
  void shouldTakeWhatCanBeChangedOfRole() {
    AclRole role = AclRole.newBuilder().setId("r").setName("a").setDescription("bc").build();

    assertThat(hex(AclHash.of(role))).isEqualTo(blake2b("abc"));
  }
}
