package io.hanse.peering.protocol;

import java.util.List;
import java.util.Optional;

/**
 * What an end of a stream may do.
 *
 * @param table the kinds of resources that either end may name
 * @param wanted the kinds that this end subscribes to, in this order
 * @param peerId sent with subscriptions, and the only one that the other end may send with its own;
 *     empty: none is sent, and any is accepted
 * @param batch the kind by which this end sends several resources in one; empty: each goes alone
 */
public record StreamRules(
    Role role,
    ResourceTable table,
    List<ResourceType> wanted,
    String peerId,
    Optional<ResourceType> batch,
    StreamLimits limits) {
  /** Who opened the connection: that end closes it. */
  public enum Role {
    ACCEPTOR,
    DIALER
  }

  public StreamRules {
    wanted = List.copyOf(wanted);
  }

  public static StreamRules of(
      Role role, ResourceTable table, List<ResourceType> wanted, StreamLimits limits) {
    return new StreamRules(role, table, wanted, "", Optional.empty(), limits);
  }

  public StreamRules withPeerId(String id) {
    return new StreamRules(role, table, wanted, id, batch, limits);
  }

  StreamRules withBatches(ResourceType type) {
    return new StreamRules(role, table, wanted, peerId, Optional.of(type), limits);
  }
}
