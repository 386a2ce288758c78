package io.hanse.fsm.chain;

import io.hanse.fsm.row.ChainTarget;
import io.hanse.fsm.row.FailoverTarget;
import io.hanse.fsm.row.ResolverRedirect;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The targets of one chain, by their ids. A target is made once; who names the same id later gets
 * the one that is there, with the subset of whoever came first.
 */
final class ChainTargets {
  static final String ONLY = "default";
  private static final int TARGETS_MAX = 4_000;

  /** What another target is to be like; an empty part stays as it was, except the peer. */
  record Change(String service, String subset, String datacenter, String peer) {
    static Change of(ResolverRedirect redirect) {
      return new Change(
          redirect.getService(),
          redirect.getServiceSubset(),
          redirect.getDatacenter(),
          redirect.getPeer());
    }

    static Change of(FailoverTarget target) {
      return new Change(
          target.getService(), target.getServiceSubset(), target.getDatacenter(), target.getPeer());
    }

    static Change subset(String subset) {
      return new Change("", subset, "", "");
    }
  }

  private final ChainRequest request;
  private final ChainSources sources;
  private final Map<String, ChainTarget.Builder> byId = new TreeMap<>();
  private final TreeSet<String> kept = new TreeSet<>();

  ChainTargets(ChainRequest request, ChainSources sources) {
    this.request = request;
    this.sources = sources;
  }

  ChainTarget.Builder local(String service, String subset) {
    return target(service, subset, request.datacenter(), "");
  }

  /** A service of another name has other subsets; the peer is the one named, or none. */
  ChainTarget.Builder changed(ChainTarget.Builder from, Change change) {
    boolean isOther = !change.service().isEmpty() && !change.service().equals(from.getService());
    String service = isOther ? change.service() : from.getService();
    String subset = isOther ? "" : from.getServiceSubset();
    return target(
        service,
        change.subset().isEmpty() ? subset : change.subset(),
        change.datacenter().isEmpty() ? from.getDatacenter() : change.datacenter(),
        change.peer());
  }

  private ChainTarget.Builder target(
      String service, String subset, String datacenter, String peer) {
    String home = datacenter.isEmpty() ? request.datacenter() : datacenter;
    String name = service + "." + ONLY + "." + ONLY;
    String id =
        peer.isEmpty()
            ? (subset.isEmpty() ? "" : subset + ".") + name + "." + home
            : name + ".external." + peer;
    ChainTarget.Builder known = byId.get(id);
    if (known != null) {
      return known;
    }
    if (byId.size() >= TARGETS_MAX) {
      throw ChainProblems.tooLarge(request.service(), TARGETS_MAX + " targets");
    }
    ChainTarget.Builder made =
        ChainTarget.newBuilder()
            .setId(id)
            .setService(service)
            .setServiceSubset(subset)
            .setNamespace(ONLY)
            .setPartition(ONLY);
    if (peer.isEmpty()) {
      String sni =
          (subset.isEmpty() ? "" : subset + ".")
              + service
              + "."
              + ONLY
              + "."
              + home
              + ".internal."
              + request.trustDomain();
      made.setDatacenter(home).setSni(sni).setName(sni);
    } else {
      made.setPeer(peer);
      sources.locality(peer).ifPresent(made::setLocality);
    }
    byId.put(id, made);
    return made;
  }

  ChainTarget.Builder get(String id) {
    ChainTarget.Builder target = byId.get(id);
    if (target == null) {
      throw new IllegalArgumentException("no target " + id);
    }
    return target;
  }

  /** The target is part of the answer. */
  void keep(ChainTarget.Builder target) {
    kept.add(target.getId());
  }

  Map<String, ChainTarget> kept() {
    Map<String, ChainTarget> all = new TreeMap<>();
    kept.forEach(id -> all.put(id, get(id).build()));
    return all;
  }
}
