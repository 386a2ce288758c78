package io.hanse.http.endpoints;

import io.hanse.fsm.filter.Filter;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code /v1/health}: checks, and instances with theirs. */
public final class HealthEndpoints {
  /** They read, and need nothing but what they are given to read. */
  public HealthEndpoints() {}

  public Answer node(Call call, View view) {
    List<HealthCheck> checks = new Health(view).ofNode("", call.rest("Missing node name"));
    return Answer.json(Filters.of(call, Filters.CHECKS).of(checks));
  }

  public Answer checks(Call call, View view) {
    return onNodesWanted(
        call, view, new Health(view).ofService("", call.rest("Missing service name")));
  }

  public Answer state(Call call, View view) {
    return onNodesWanted(
        call, view, new Health(view).inState("", call.rest("Missing check state")));
  }

  private static Answer onNodesWanted(Call call, View view, List<HealthCheck> checks) {
    Map<String, String> meta = InstanceSelection.nodeMeta(call.parameters());
    List<HealthCheck> wanted = Filters.of(call, Filters.CHECKS).of(checks);
    if (meta.isEmpty()) {
      return Answer.json(wanted);
    }
    Catalog catalog = new Catalog(view);
    return Answer.json(
        wanted.stream()
            .filter(
                check ->
                    catalog
                        .node("", check.getNode())
                        .filter(node -> InstanceSelection.hasMeta(node, meta))
                        .isPresent())
            .toList());
  }

  public Answer service(Call call, View view) {
    String name = call.rest("Missing service name");
    return instances(call, view, peer -> new Health(view).service(peer, name));
  }

  public Answer connect(Call call, View view) {
    String name = call.rest("Missing service name");
    return instances(call, view, peer -> new Health(view).mesh(peer, name));
  }

  /** Of this cluster only, whatever peer is named: gateways are not shared. */
  public Answer ingress(Call call, View view) {
    String name = call.rest("Missing service name");
    return instances(call, view, peer -> new Health(view).ingress(name));
  }

  private static Answer instances(
      Call call, View view, Function<String, List<CheckServiceNode>> ofPeer) {
    Filter filter = Filters.of(call, Filters.INSTANCES);
    return Answer.json(
        filter.of(
            CentralMerge.instances(
                call, view, InstanceSelection.parse(call.parameters()).of(ofPeer))));
  }
}
