package io.hanse.peering.link;

import java.util.List;

/**
 * A server of another cluster.
 *
 * @param address host and port
 * @param serverName what its certificate must be for; sent as SNI
 * @param caPems the roots to trust, and no others; none: plaintext
 */
public record LinkTarget(String address, String serverName, List<String> caPems) {}
