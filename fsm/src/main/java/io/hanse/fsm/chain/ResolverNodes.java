package io.hanse.fsm.chain;

import com.google.protobuf.Duration;
import io.hanse.fsm.chain.ChainTargets.Change;
import io.hanse.fsm.row.ChainNode;
import io.hanse.fsm.row.ChainResolver;
import io.hanse.fsm.row.ChainTarget;
import io.hanse.fsm.row.FailoverTarget;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ResolverRedirect;
import io.hanse.fsm.row.ServiceResolver;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The last stage of a chain: follows redirects and default subsets to a target, says how it is
 * reached, and whither to turn when nobody is there.
 *
 * <p>The entries about a name of this cluster also hold for a target of that name at a peer, as in
 * Consul: its time-outs, its failover, even its default subset, which leads back to this cluster.
 */
final class ResolverNodes {
  static final String TYPE = "resolver";
  private static final Duration CONNECT_TIMEOUT = Duration.newBuilder().setSeconds(5).build();
  private static final String ANY_SUBSET = "*";
  private static final int REDIRECTS_MAX = 500;

  private final ChainRequest request;
  private final ChainSources sources;
  private final ChainTargets targets;
  private final ChainProtocol protocol;
  private final Customisation customisation;
  private final Map<String, ChainNode.Builder> byTarget = new TreeMap<>();

  ResolverNodes(
      ChainRequest request,
      ChainSources sources,
      ChainTargets targets,
      ChainProtocol protocol,
      Customisation customisation) {
    this.request = request;
    this.sources = sources;
    this.targets = targets;
    this.protocol = protocol;
    this.customisation = customisation;
  }

  /** All that were made, by the ids of their targets. */
  Map<String, ChainNode.Builder> byTarget() {
    return byTarget;
  }

  /** The node that leads to a service, wherever that is. */
  ChainNode.Builder node(String service, String subset) {
    return resolve(targets.local(service, subset), false);
  }

  /** A target that is only turned to has no failover of its own, and no node. */
  private ChainNode.Builder resolve(ChainTarget.Builder start, boolean isFailover) {
    Set<String> passed = new LinkedHashSet<>();
    ChainTarget.Builder target = start;
    while (true) {
      ChainNode.Builder known = byTarget.get(target.getId());
      if (known != null) {
        return known;
      }
      if (target.getPeer().isEmpty()) {
        protocol.require(target.getService());
      }
      if (!passed.add(target.getId())) {
        List<String> path = new ArrayList<>(passed);
        path.add(target.getId());
        throw ChainProblems.circular("resolver redirect", path);
      }
      if (passed.size() > REDIRECTS_MAX) {
        throw ChainProblems.tooLarge(request.service(), REDIRECTS_MAX + " redirects in a row");
      }
      Optional<ChainTarget.Builder> next = next(target, sources.resolver(target.getService()));
      if (next.isEmpty()) {
        return finish(target, isFailover);
      }
      target = next.get();
    }
  }

  /** Where a target is redirected to; empty at the end of the way. */
  private Optional<ChainTarget.Builder> next(ChainTarget.Builder target, ServiceResolver resolver) {
    if (resolver.hasRedirect()) {
      ResolverRedirect redirect = resolver.getRedirect();
      ChainTarget.Builder other = targets.changed(target, Change.of(redirect));
      if (!other.getId().equals(target.getId())) {
        return Optional.of(other);
      }
    }
    if (target.getServiceSubset().isEmpty() && !resolver.getDefaultSubset().isEmpty()) {
      return Optional.of(targets.changed(target, Change.subset(resolver.getDefaultSubset())));
    }
    return Optional.empty();
  }

  private ChainNode.Builder finish(ChainTarget.Builder target, boolean isFailover) {
    ServiceResolver resolver = sources.resolver(target.getService());
    String subset = target.getServiceSubset();
    if (!subset.isEmpty() && !resolver.containsSubsets(subset)) {
      throw ChainProblems.invalid(
          "service \""
              + target.getService()
              + "\" does not have a subset named \""
              + subset
              + "\"");
    }
    target.setConnectTimeout(connectTimeout(resolver));
    if (resolver.containsSubsets(subset)) {
      target.setSubset(resolver.getSubsetsOrThrow(subset));
    }
    TargetSettings.apply(sources, request.overrides(), customisation, target, resolver);
    targets.keep(target);
    ChainNode.Builder node = ChainNode.newBuilder().setType(TYPE).setName(target.getId());
    ChainResolver.Builder way = node.getResolverBuilder();
    way.setDefault(resolver.equals(ServiceResolver.getDefaultInstance()))
        .setTarget(target.getId())
        .setConnectTimeout(target.getConnectTimeout());
    if (resolver.hasRequestTimeout()) {
      way.setRequestTimeout(resolver.getRequestTimeout());
    }
    if (resolver.hasLoadBalancer()) {
      node.setLoadBalancer(resolver.getLoadBalancer());
    }
    if (!isFailover) {
      // Known before its failover is looked at, which may lead back here.
      byTarget.put(target.getId(), node);
      for (ChainTarget.Builder other : failover(target, resolver)) {
        String resolved = resolve(other, true).getResolver().getTarget();
        way.getFailoverBuilder().addTargets(resolved);
      }
    }
    return node;
  }

  private Duration connectTimeout(ServiceResolver resolver) {
    Duration own = resolver.hasConnectTimeout() ? resolver.getConnectTimeout() : CONNECT_TIMEOUT;
    Duration wanted = request.overrides().connectTimeout();
    if (wanted.equals(Duration.getDefaultInstance()) || wanted.equals(own)) {
      return own;
    }
    customisation.noteConnectTimeout();
    return wanted;
  }

  /** Where to turn to, in order; never to where one is. */
  private List<ChainTarget.Builder> failover(ChainTarget.Builder target, ServiceResolver resolver) {
    List<ChainTarget.Builder> found = new ArrayList<>();
    String section =
        resolver.containsFailover(target.getServiceSubset())
            ? target.getServiceSubset()
            : ANY_SUBSET;
    if (!resolver.containsFailover(section)) {
      return found;
    }
    ResolverFailover failover = resolver.getFailoverOrThrow(section);
    List<Change> changes = new ArrayList<>();
    String service = failover.getService();
    String subset = failover.getServiceSubset();
    for (String datacenter : failover.getDatacentersList()) {
      changes.add(new Change(service, subset, datacenter, ""));
    }
    for (FailoverTarget other : failover.getTargetsList()) {
      changes.add(Change.of(other));
    }
    if (changes.isEmpty()) {
      changes.add(new Change(service, subset, "", ""));
    }
    for (Change change : changes) {
      ChainTarget.Builder other = targets.changed(target, change);
      if (!other.getId().equals(target.getId())) {
        found.add(other);
      }
    }
    return found;
  }
}
