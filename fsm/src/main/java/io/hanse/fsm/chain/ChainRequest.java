package io.hanse.fsm.chain;

import com.google.protobuf.Duration;

/**
 * What is asked of the compiler.
 *
 * @param service the name that is called
 * @param datacenter where it is called from
 * @param trustDomain of this cluster
 */
public record ChainRequest(
    String service, String datacenter, String trustDomain, Overrides overrides) {

  /**
   * What one caller wants otherwise than the entries say.
   *
   * @param protocol empty: as the entries say
   * @param meshGatewayMode empty: as the entries say
   * @param connectTimeout zero: as the entries say
   */
  public record Overrides(String protocol, String meshGatewayMode, Duration connectTimeout) {
    public static final Overrides NONE = new Overrides("", "", Duration.getDefaultInstance());
  }

  public static ChainRequest of(String service, String datacenter, String trustDomain) {
    return new ChainRequest(service, datacenter, trustDomain, Overrides.NONE);
  }
}
