package io.hanse.peering.link;

import java.util.List;

/**
 * A server of another cluster.
 *
 * @param address host and port
 * @param label what operators call the way there; may be empty
 * @param serverName what its certificate must be for; sent as SNI
 * @param caPems the roots to trust, and no others; none: plaintext
 */
public record LinkTarget(String address, String label, String serverName, List<String> caPems) {
  /** One that nobody gave a label. */
  public LinkTarget(String address, String serverName, List<String> caPems) {
    this(address, "", serverName, caPems);
  }

  /** As operators know it. */
  public String shown() {
    return label.isEmpty() ? address : address + " (" + label + ")";
  }
}
