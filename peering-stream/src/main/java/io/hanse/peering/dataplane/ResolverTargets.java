package io.hanse.peering.dataplane;

import io.hanse.fsm.chain.ChainCompiler;
import io.hanse.fsm.chain.ChainRequest;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ChainNode;
import io.hanse.fsm.row.ChainTarget;
import io.hanse.fsm.row.CompiledChain;
import io.hanse.fsm.store.View;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the callers of a service may be sent by its resolver: all targets that can be followed, the
 * preferred first. Which of them is healthy is not asked here; of a peer only the gateways' health
 * is known. Routers and splitters look at requests, and are not followed; nor is what leads to a
 * subset, to another datacenter or out of the mesh. Source: mesh data plane, section 7.
 */
final class ResolverTargets {
  private final String datacenter;
  private final CompiledChain chain;

  private ResolverTargets(String datacenter, CompiledChain chain) {
    this.datacenter = datacenter;
    this.chain = chain;
  }

  /** At least one: the service itself, where nothing that can be followed is said. */
  static List<ChainTarget> of(View view, ChainRequest request, RefusedChains refused) {
    List<ChainTarget> targets = List.of();
    try {
      CompiledChain chain = ChainCompiler.compile(view, request).chain();
      targets = new ResolverTargets(request.datacenter(), chain).followed();
      refused.compiled(request.service());
    } catch (ProblemException e) {
      // Entries that contradict each other are refused; of what got past that nothing is followed.
      refused.refused(request.service(), e);
    }
    return targets.isEmpty()
        ? List.of(ChainTarget.newBuilder().setService(request.service()).build())
        : targets;
  }

  private List<ChainTarget> followed() {
    ChainNode start = chain.getNodesOrThrow(chain.getStartNode());
    ChainTarget first =
        chain.getTargetsOrDefault(
            start.getResolver().getTarget(), ChainTarget.getDefaultInstance());
    if (!isFollowed(first)) {
      return List.of();
    }
    List<ChainTarget> targets = new ArrayList<>(List.of(first));
    for (String id : start.getResolver().getFailover().getTargetsList()) {
      ChainTarget target = chain.getTargetsOrThrow(id);
      if (isFollowed(target)) {
        targets.add(target);
      }
    }
    return targets;
  }

  private boolean isFollowed(ChainTarget target) {
    boolean isReached = !target.getPeer().isEmpty() || target.getDatacenter().equals(datacenter);
    return isReached && target.getServiceSubset().isEmpty() && !target.getExternal();
  }
}
