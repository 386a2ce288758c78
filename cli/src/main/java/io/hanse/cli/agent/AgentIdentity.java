package io.hanse.cli.agent;

import io.hanse.fsm.row.Node;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who this agent is.
 *
 * @param nodeId UUID, kept in the data directory
 * @param address what other agents reach this node by
 * @param wanAddress what other clusters reach it by
 * @param meta what the operator says of the node
 */
public record AgentIdentity(
    String nodeName,
    String nodeId,
    String datacenter,
    String address,
    String wanAddress,
    Map<String, String> meta) {
  /** The release of Consul whose API this is: clients parse it. */
  static final String CONSUL_VERSION = "1.21.4";

  public AgentIdentity {
    meta = Map.copyOf(meta);
  }

  /** The node as the catalog has it. */
  Node row() {
    return nodeRow(nodeName, nodeId, datacenter, address, wanAddress, meta);
  }

  static Node nodeRow(
      String name,
      String id,
      String datacenter,
      String address,
      String wanAddress,
      Map<String, String> meta) {
    Map<String, String> tagged = new TreeMap<>();
    tag(tagged, "lan", address);
    tag(tagged, "wan", wanAddress);
    return Node.newBuilder()
        .setNode(name)
        .setId(id)
        .setDatacenter(datacenter)
        .setAddress(address)
        .putAllTaggedAddresses(tagged)
        .putAllMeta(meta)
        .putMeta("consul-network-segment", "")
        .putMeta("consul-version", CONSUL_VERSION)
        .build();
  }

  private static void tag(Map<String, String> tagged, String side, String address) {
    tagged.put(side, address);
    tagged.put(side + (address.contains(":") ? "_ipv6" : "_ipv4"), address);
  }
}
