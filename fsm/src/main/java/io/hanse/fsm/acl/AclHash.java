package io.hanse.fsm.acl;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.AclLink;
import io.hanse.fsm.row.AclNodeIdentity;
import io.hanse.fsm.row.AclPolicy;
import io.hanse.fsm.row.AclRole;
import io.hanse.fsm.row.AclServiceIdentity;
import io.hanse.fsm.row.AclTemplatedPolicy;
import io.hanse.fsm.row.AclToken;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The hash of what can be changed of a row, as Consul computes it: BLAKE2b of 256 bits over the
 * texts, one behind the other. Whoever proposes a row puts it in.
 */
public final class AclHash {
  private final Blake2b digest = new Blake2b();

  private AclHash() {}

  public static ByteString of(AclToken token) {
    return new AclHash()
        .add(token.getDescription())
        .add(token.getLocal() ? "local" : "global")
        .addLinks(token.getPoliciesList())
        .addLinks(token.getRolesList())
        .addServices(token.getServiceIdentitiesList())
        .addNodes(token.getNodeIdentitiesList())
        .addTemplates(token.getTemplatedPoliciesList())
        .sum();
  }

  public static ByteString of(AclPolicy policy) {
    return new AclHash()
        .add(policy.getName())
        .add(policy.getDescription())
        .add(policy.getRules())
        .addAll(policy.getDatacentersList())
        .sum();
  }

  public static ByteString of(AclRole role) {
    return new AclHash()
        .add(role.getName())
        .add(role.getDescription())
        .addLinks(role.getPoliciesList())
        .addServices(role.getServiceIdentitiesList())
        .addNodes(role.getNodeIdentitiesList())
        .addTemplates(role.getTemplatedPoliciesList())
        .sum();
  }

  private AclHash add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  private AclHash addAll(List<String> texts) {
    texts.forEach(this::add);
    return this;
  }

  private AclHash addLinks(List<AclLink> links) {
    links.forEach(link -> add(link.getId()));
    return this;
  }

  private AclHash addServices(List<AclServiceIdentity> identities) {
    identities.forEach(one -> add(one.getServiceName()).addAll(one.getDatacentersList()));
    return this;
  }

  private AclHash addNodes(List<AclNodeIdentity> identities) {
    identities.forEach(one -> add(one.getNodeName()).add(one.getDatacenter()));
    return this;
  }

  private AclHash addTemplates(List<AclTemplatedPolicy> policies) {
    policies.forEach(
        one ->
            add(one.getTemplateId())
                .add(one.getTemplateName())
                .add(one.getTemplateVariables().getName())
                .addAll(one.getDatacentersList()));
    return this;
  }

  private ByteString sum() {
    return ByteString.copyFrom(digest.sum());
  }
}
