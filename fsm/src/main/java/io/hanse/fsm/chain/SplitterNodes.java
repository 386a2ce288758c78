package io.hanse.fsm.chain;

import io.hanse.fsm.config.LoadBalancerRules;
import io.hanse.fsm.config.ServiceSplitterRules;
import io.hanse.fsm.row.ChainNode;
import io.hanse.fsm.row.ChainSplit;
import io.hanse.fsm.row.ServiceSplit;
import io.hanse.fsm.row.ServiceSplitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The middle stage of a chain: shares of the requests, each to a splitter or a resolver. */
final class SplitterNodes {
  static final String TYPE = "splitter";
  private static final int DEPTH_MAX = 100;
  private static final int SPLITS_MAX = 10_000;

  private final String chain;
  private final ChainSources sources;
  private final ResolverNodes resolvers;
  private final Customisation customisation;
  private final boolean isIgnoring;
  private final Map<String, ChainNode.Builder> byKey = new TreeMap<>();
  private int depth;

  /**
   * @param isIgnoring whether there are no requests that could be shared out; then nothing is split
   */
  SplitterNodes(
      String chain,
      ChainSources sources,
      ResolverNodes resolvers,
      Customisation customisation,
      boolean isIgnoring) {
    this.chain = chain;
    this.sources = sources;
    this.resolvers = resolvers;
    this.customisation = customisation;
    this.isIgnoring = isIgnoring;
  }

  /** All that were made, by their keys. */
  Map<String, ChainNode.Builder> byKey() {
    return byKey;
  }

  /** The node of a service's splitter, if it has one. */
  Optional<ChainNode.Builder> node(String service) {
    String name = service + "." + ChainTargets.ONLY + "." + ChainTargets.ONLY;
    ChainNode.Builder known = byKey.get(TYPE + ":" + name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<ServiceSplitter> splitter = sources.splitter(service);
    if (splitter.isPresent() && isIgnoring) {
      customisation.noteProtocol();
      return Optional.empty();
    }
    if (splitter.isEmpty()) {
      return Optional.empty();
    }
    if (++depth > DEPTH_MAX) {
      throw ChainProblems.tooLarge(chain, DEPTH_MAX + " splitters in a row");
    }
    ChainNode.Builder node = ChainNode.newBuilder().setType(TYPE).setName(name);
    // Known before its splits, which may lead back here.
    byKey.put(TYPE + ":" + name, node);
    for (ServiceSplit split : splitter.get().getSplitsList()) {
      node.addSplits(
          ChainSplit.newBuilder()
              .setDefinition(split)
              .setWeight(split.getWeight())
              .setNextNode(next(node, service, split)));
    }
    depth--;
    return Optional.of(node);
  }

  /** A share that is for the service itself, or for a subset, is not split again. */
  private String next(ChainNode.Builder node, String service, ServiceSplit split) {
    String other = split.getService().isEmpty() ? service : split.getService();
    if (!other.equals(service) && split.getServiceSubset().isEmpty()) {
      Optional<ChainNode.Builder> inner = node(other);
      if (inner.isPresent()) {
        return TYPE + ":" + inner.get().getName();
      }
    }
    ChainNode.Builder resolver = resolvers.node(other, split.getServiceSubset());
    // Which instance a request belongs to must not depend on the share that it fell into.
    if (!node.hasLoadBalancer() && LoadBalancerRules.isByHash(resolver.getLoadBalancer())) {
      node.setLoadBalancer(resolver.getLoadBalancer());
    }
    return ResolverNodes.TYPE + ":" + resolver.getName();
  }

  /**
   * Puts the shares of splitters behind splitters in the place of these; the innermost first. There
   * must be no circle.
   */
  void flatten() {
    Map<String, List<ChainSplit>> flat = new TreeMap<>();
    for (String key : byKey.keySet()) {
      flat(key, flat);
    }
    flat.forEach((key, splits) -> GraphNodes.at(byKey, key).clearSplits().addAllSplits(splits));
  }

  private List<ChainSplit> flat(String key, Map<String, List<ChainSplit>> done) {
    List<ChainSplit> known = done.get(key);
    if (known != null) {
      return known;
    }
    List<ChainSplit> all = new ArrayList<>();
    for (ChainSplit split : GraphNodes.at(byKey, key).getSplitsList()) {
      if (!byKey.containsKey(split.getNextNode())) {
        all.add(split);
        continue;
      }
      for (ChainSplit inner : flat(split.getNextNode(), done)) {
        all.add(through(split, inner));
      }
      if (all.size() > SPLITS_MAX) {
        throw ChainProblems.tooLarge(chain, SPLITS_MAX + " shares of one splitter");
      }
    }
    done.put(key, all);
    return all;
  }

  private static ChainSplit through(ChainSplit outer, ChainSplit inner) {
    return inner.toBuilder()
        .setDefinition(HeaderMerge.through(outer.getDefinition(), inner.getDefinition()))
        .setWeight(ServiceSplitterRules.rounded(outer.getWeight() * inner.getWeight() / 100f))
        .build();
  }
}
