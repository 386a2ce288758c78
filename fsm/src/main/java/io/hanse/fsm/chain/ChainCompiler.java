package io.hanse.fsm.chain;

import io.hanse.fsm.row.ChainNode;
import io.hanse.fsm.row.ChainRoute;
import io.hanse.fsm.row.ChainTarget;
import io.hanse.fsm.row.CompiledChain;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.NoVirtualAddresses;
import io.hanse.fsm.row.ProxyDefaults;
import io.hanse.fsm.row.RouteDestination;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.fsm.row.ServiceRoute;
import io.hanse.fsm.row.ServiceRouter;
import io.hanse.fsm.row.VirtualAddresses;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.VirtualAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Works out where the requests for a service go. It depends on the rows alone, ends whatever they
 * say, and refuses, with Consul's words, what leads nowhere.
 */
public final class ChainCompiler {
  private static final String ROUTER = "router";
  private static final int NODES_MAX = 4_000;

  private final ChainRequest request;
  private final ChainSources sources;
  private final ChainProtocol protocol;
  private final ChainTargets targets;
  private final Customisation customisation;
  private final ResolverNodes resolvers;
  private final SplitterNodes splitters;
  private final Rows rows;
  private final boolean ignoresRequests;
  private boolean looksAtRequests;

  private ChainCompiler(Rows rows, ChainRequest request) {
    this.rows = rows;
    this.request = request;
    String service = request.service();
    sources = new ChainSources(rows);
    protocol = new ChainProtocol(service, sources);
    targets = new ChainTargets(request, sources);
    customisation = new Customisation(request.overrides());
    resolvers = new ResolverNodes(request, sources, targets, protocol, customisation);
    String wanted = request.overrides().protocol();
    ignoresRequests = !wanted.isEmpty() && !ConfigEntries.isHttpLike(wanted);
    splitters = new SplitterNodes(service, sources, resolvers, customisation, ignoresRequests);
  }

  /**
   * A chain with what it was made of.
   *
   * @param resolvers all that were asked for, also those that say nothing
   */
  public record Compilation(CompiledChain chain, Collection<ServiceResolver> resolvers) {
    /** The type of the node at which the chain begins. */
    public String startType() {
      return chain.getNodesOrThrow(chain.getStartNode()).getType();
    }
  }

  /**
   * Compiles a chain.
   *
   * @throws io.hanse.fsm.error.ProblemException if the entries contradict each other
   */
  public static Compilation compile(Rows rows, ChainRequest request) {
    ChainCompiler compiler = new ChainCompiler(rows, request);
    CompiledChain chain = compiler.compile();
    return new Compilation(chain, compiler.sources.resolvers());
  }

  private CompiledChain compile() {
    Map<String, ChainNode.Builder> nodes = new TreeMap<>();
    String start = assemble(nodes);
    nodes.putAll(splitters.byKey());
    resolvers.byTarget().forEach((target, node) -> nodes.put(key(node), node));
    if (nodes.size() > NODES_MAX) {
      throw ChainProblems.tooLarge(request.service(), NODES_MAX + " nodes");
    }
    CircleSearch.reached(nodes, start);
    splitters.flatten();
    Set<String> used = CircleSearch.reached(nodes, start);
    if (looksAtRequests) {
      protocol.requireRequests();
    }
    String spoken = protocol.spoken();
    String wanted = request.overrides().protocol();
    if (!wanted.isEmpty() && !wanted.equals(spoken)) {
      spoken = wanted;
      customisation.noteProtocol();
    }
    CompiledChain.Builder chain =
        CompiledChain.newBuilder()
            .setServiceName(request.service())
            .setNamespace(ChainTargets.ONLY)
            .setPartition(ChainTargets.ONLY)
            .setDatacenter(request.datacenter())
            .setCustomizationHash(customisation.hash())
            .setProtocol(spoken)
            .setStartNode(start)
            .putAllTargets(targets.kept());
    VirtualAddress.of(rows, "", request.service())
        .ifPresentOrElse(
            address -> chain.setVirtual(VirtualAddresses.newBuilder().addAutoVirtualIps(address)),
            () -> chain.setNoVirtual(NoVirtualAddresses.getDefaultInstance()));
    used.forEach(key -> chain.putNodes(key, GraphNodes.at(nodes, key).build()));
    chain.setDefault(isDefault(GraphNodes.at(nodes, start)));
    addDefaults(chain);
    return chain.build();
  }

  private static String key(ChainNode.Builder node) {
    return node.getType() + ":" + node.getName();
  }

  /** Whether it is what it would be if nobody had said anything. */
  private boolean isDefault(ChainNode.Builder start) {
    if (!start.getResolver().getDefault()) {
      return false;
    }
    ChainTarget.Builder target = targets.get(start.getResolver().getTarget());
    return target.getService().equals(request.service());
  }

  private void addDefaults(CompiledChain.Builder chain) {
    sources
        .proxyDefaults()
        .map(ProxyDefaults::getEnvoyExtensionsList)
        .ifPresent(chain::addAllEnvoyExtensions);
    Optional<ConfigEntry> own = sources.defaultsEntry(request.service());
    own.ifPresent(
        entry ->
            chain
                .putAllServiceMeta(entry.getMetaMap())
                .addAllEnvoyExtensions(entry.getServiceDefaults().getEnvoyExtensionsList()));
  }

  /** Makes all nodes, and answers the key of the first. */
  private String assemble(Map<String, ChainNode.Builder> nodes) {
    Optional<ServiceRouter> router = sources.router(request.service());
    if (router.isPresent() && ignoresRequests) {
      customisation.noteProtocol();
      router = Optional.empty();
    }
    if (router.isEmpty()) {
      return splitterOrResolver(request.service());
    }
    looksAtRequests = true;
    protocol.require(request.service());
    ChainNode.Builder node =
        ChainNode.newBuilder()
            .setType(ROUTER)
            .setName(request.service() + "." + ChainTargets.ONLY + "." + ChainTargets.ONLY);
    List<ServiceRoute> routes = router.get().getRoutesList();
    for (ServiceRoute route : routes) {
      node.addRoutes(
          ChainRoute.newBuilder().setDefinition(route).setNextNode(next(route.getDestination())));
    }
    node.addRoutes(
        ChainRoute.newBuilder()
            .setDefinition(catchAll())
            .setNextNode(splitterOrResolver(request.service())));
    nodes.put(key(node), node);
    return key(node);
  }

  /** Whatever no route is about goes to the service itself. */
  private ServiceRoute catchAll() {
    ServiceRoute.Builder route = ServiceRoute.newBuilder();
    route.getMatchBuilder().getHttpBuilder().setPathPrefix("/");
    route
        .getDestinationBuilder()
        .setService(request.service())
        .setNamespace(ChainTargets.ONLY)
        .setPartition(ChainTargets.ONLY);
    return route.build();
  }

  private String next(RouteDestination destination) {
    String service =
        destination.getService().isEmpty() ? request.service() : destination.getService();
    String subset = destination.getServiceSubset();
    return subset.isEmpty() ? splitterOrResolver(service) : key(resolvers.node(service, subset));
  }

  private String splitterOrResolver(String service) {
    Optional<ChainNode.Builder> splitter = splitters.node(service);
    if (splitter.isPresent()) {
      looksAtRequests = true;
      return key(splitter.get());
    }
    return key(resolvers.node(service, ""));
  }
}
