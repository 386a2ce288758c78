package io.hanse.fsm.chain;

import io.hanse.fsm.row.ChainNode;
import java.util.Map;

/** Looks up nodes that must be there: whoever names one has made it. */
final class GraphNodes {
  private GraphNodes() {}

  static ChainNode.Builder at(Map<String, ChainNode.Builder> nodes, String key) {
    ChainNode.Builder node = nodes.get(key);
    if (node == null) {
      throw new IllegalStateException("a chain leads to a node that is not there: " + key);
    }
    return node;
  }
}
