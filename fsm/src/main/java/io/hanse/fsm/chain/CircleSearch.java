package io.hanse.fsm.chain;

import io.hanse.fsm.row.ChainNode;
import io.hanse.fsm.row.ChainRoute;
import io.hanse.fsm.row.ChainSplit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Walks the graph of a chain: finds circles, and what is reached. */
final class CircleSearch {
  private final Map<String, ChainNode.Builder> nodes;
  private final Set<String> path = new LinkedHashSet<>();
  private final TreeSet<String> reached = new TreeSet<>();

  private CircleSearch(Map<String, ChainNode.Builder> nodes) {
    this.nodes = nodes;
  }

  /**
   * The keys of the nodes that a request can come to; refuses a graph in which it would not end.
   */
  static Set<String> reached(Map<String, ChainNode.Builder> nodes, String start) {
    CircleSearch search = new CircleSearch(nodes);
    search.visit(start);
    return search.reached;
  }

  private void visit(String key) {
    if (!path.add(key)) {
      List<String> circle = new ArrayList<>(path);
      circle.add(key);
      throw ChainProblems.circular("reference", circle);
    }
    if (reached.add(key)) {
      List<String> next = next(GraphNodes.at(nodes, key));
      // The last first, as in Consul: of several circles the same one is named.
      for (int i = next.size() - 1; i >= 0; i--) {
        visit(next.get(i));
      }
    }
    path.remove(key);
  }

  private static List<String> next(ChainNode.Builder node) {
    List<String> next = new ArrayList<>();
    node.getRoutesList().stream().map(ChainRoute::getNextNode).forEach(next::add);
    node.getSplitsList().stream().map(ChainSplit::getNextNode).forEach(next::add);
    return next;
  }
}
