package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;

/** Which requests this cluster's authority answers, and for which names. */
record SigningRules(TrustDomain trustDomain, String datacenter) {
  /**
   * The identity that a request asks for, if it may be signed. Of an agent the trust domain is set
   * right rather than refused: it asks before it knows.
   */
  SpiffeId judge(SigningRequest request) {
    if (request.uris().size() != 1) {
      throw refused("CSR SAN contains an invalid number of URIs: " + request.uris().size());
    }
    if (!request.emails().isEmpty()) {
      throw refused("CSR SAN does not allow specifying email addresses");
    }
    SpiffeId id = SpiffeId.parse(request.uris().get(0));
    if (id.kind() == SpiffeId.Kind.SIGNING) {
      throw refused("SPIFFE ID in CSR must be a service, mesh-gateway, or agent ID");
    }
    if (!id.inDefaultPartition()) {
      throw refused("Partitions are a Consul Enterprise feature");
    }
    if (id.kind() == SpiffeId.Kind.SERVICE && !id.namespace().equals(SpiffeId.DEFAULT)) {
      throw refused("Namespaces are a Consul Enterprise feature");
    }
    if (!trustDomain.matches(id.trustDomain()) && id.kind() != SpiffeId.Kind.AGENT) {
      throw refused(
          "SPIFFE ID in CSR from a different trust domain: "
              + id.trustDomain()
              + ", we are "
              + trustDomain);
    }
    if (!id.datacenter().equals(datacenter)) {
      throw refused(
          "SPIFFE ID in CSR from a different datacenter: "
              + id.datacenter()
              + ", we are "
              + datacenter);
    }
    return id.withTrustDomain(trustDomain);
  }

  private static ProblemException refused(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }
}
