package io.hanse.peering.protocol;

import java.util.List;

/**
 * What an end of a stream may do.
 *
 * @param table the kinds of resources that either end may name
 * @param wanted the kinds that this end subscribes to, in this order
 * @param peerId sent with subscriptions, and the only one that the other end may send with its own;
 *     empty: none is sent, and any is accepted
 */
public record StreamRules(
    Role role, ResourceTable table, List<ResourceType> wanted, String peerId, StreamLimits limits) {
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
    return new StreamRules(role, table, wanted, "", limits);
  }

  public StreamRules withPeerId(String id) {
    return new StreamRules(role, table, wanted, id, limits);
  }
}
