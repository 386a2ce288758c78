package io.hanse.http.endpoints;

import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import java.util.List;
import java.util.Map;

/** {@code /v1/health}: checks, and instances with theirs. */
public final class HealthEndpoints {
  HealthEndpoints() {}

  public Answer node(Call call, View view) {
    return Answer.json(new Health(view).ofNode("", call.rest("Missing node name")));
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
    if (meta.isEmpty()) {
      return Answer.json(checks);
    }
    Catalog catalog = new Catalog(view);
    return Answer.json(
        checks.stream()
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
    return Answer.json(
        InstanceSelection.parse(call.parameters())
            .of(peer -> new Health(view).service(peer, name)));
  }

  public Answer connect(Call call, View view) {
    String name = call.rest("Missing service name");
    return Answer.json(
        InstanceSelection.parse(call.parameters())
            .of(peer -> new Health(view).connect(peer, name)));
  }
}
