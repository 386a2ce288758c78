package io.hanse.fsm.apply;

import io.hanse.fsm.chain.ChainCompiler;
import io.hanse.fsm.chain.ChainRequest;
import io.hanse.fsm.chain.RouteBinding;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Acl;
import io.hanse.fsm.view.Autopilot;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.CentralConfig;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.Coordinates;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.ExportedInstance;
import io.hanse.fsm.view.GatewayServices;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.IntentionMatcher;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.PreparedQueries;
import io.hanse.fsm.view.QueryRun;
import io.hanse.fsm.view.Sessions;
import io.hanse.fsm.view.SystemRecords;
import io.hanse.fsm.view.UserEvents;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One question of each sort that can be asked of the state, by name. */
final class Questions {
  /** Answers consist of whole rows, with their indexes: index and answer move together. */
  static final Map<String, Function<Rows, Object>> OF_ROWS = ofRows();

  /** Answers leave out something of what they rest on: their index may move alone. */
  static final Map<String, Function<Rows, Object>> OF_PARTS = ofParts();

  private Questions() {}

  private static Map<String, Function<Rows, Object>> ofRows() {
    Map<String, Function<Rows, Object>> all = new LinkedHashMap<>();
    for (String peer : new String[] {"", "west"}) {
      all.put("nodes of " + peer, rows -> new Catalog(rows).nodes(peer));
      all.put("node of " + peer, rows -> new Catalog(rows).node(peer, "n1"));
      all.put("services of node of " + peer, rows -> new Catalog(rows).servicesOfNode(peer, "n1"));
      all.put("instance of " + peer, rows -> new Catalog(rows).service(peer, "n1", "s1"));
      all.put("checks of node of " + peer, rows -> new Health(rows).ofNode(peer, "n1"));
      all.put("checks of service of " + peer, rows -> new Health(rows).ofService(peer, "web"));
      all.put("checks in state of " + peer, rows -> new Health(rows).inState(peer, "critical"));
      all.put("any checks of " + peer, rows -> new Health(rows).inState(peer, "any"));
    }
    instances("", all);
    all.put("key", rows -> new Kv(rows).get("a"));
    all.put("keys with values", rows -> new Kv(rows).list("a/"));
    all.put("coordinates", rows -> new Coordinates(rows).all());
    all.put("coordinates of node", rows -> new Coordinates(rows).ofNode("n1"));
    all.put("events", rows -> new UserEvents(rows).all());
    all.put("keys held", rows -> new Kv(rows).heldBy("x1"));
    all.put("sessions", rows -> new Sessions(rows).all());
    all.put("session", rows -> new Sessions(rows).session("x1"));
    all.put("sessions of node", rows -> new Sessions(rows).ofNode("n1"));
    all.put("sessions with ttl", rows -> new Sessions(rows).withTtlSince(0));
    all.put("queries", rows -> new PreparedQueries(rows).all());
    all.put("query", rows -> new PreparedQueries(rows).query("q1"));
    all.put("query by name", rows -> new PreparedQueries(rows).named("WEB"));
    all.put("queries of session", rows -> new PreparedQueries(rows).ofSession("x1"));
    all.put("entry", rows -> new ConfigEntries(rows).entry("service-defaults", "web"));
    all.put("entries", rows -> new ConfigEntries(rows).ofKind("service-defaults"));
    all.put("all entries", rows -> new ConfigEntries(rows).ofKind(""));
    for (String kind : new String[] {"service-resolver", "service-intentions"}) {
      all.put("entries of " + kind, rows -> new ConfigEntries(rows).ofKind(kind));
    }
    all.put("entries that lead on", rows -> new ConfigEntries(rows).leadingTo("api"));
    all.put("intentions by source", rows -> new IntentionMatcher(rows).forSource("web"));
    all.put("intention by id", rows -> new IntentionMatcher(rows).entryById("id0"));
    all.put("peerings", rows -> new Peerings(rows).all());
    all.put("peering by name", rows -> new Peerings(rows).byName("west"));
    all.put("peering by id", rows -> new Peerings(rows).byId("id-west"));
    all.put("trust bundles", rows -> new Peerings(rows).trustBundles());
    ofAcl(all);
    all.put("roots", rows -> new Ca(rows).roots());
    all.put("authority", rows -> new Ca(rows).configuration());
    all.put("autopilot", rows -> new Autopilot(rows).stored());
    all.put("system record", rows -> new SystemRecords(rows).record("f1"));
    all.put("system records", rows -> new SystemRecords(rows).all());
    all.put("trust bundle", rows -> new Peerings(rows).trustBundle("west"));
    return all;
  }

  private static void instances(String peer, Map<String, Function<Rows, Object>> all) {
    all.put("service of " + peer, rows -> new Catalog(rows).service(peer, "web"));
    all.put("connect of " + peer, rows -> new Catalog(rows).connect(peer, "web"));
    all.put("kind of " + peer, rows -> new Catalog(rows).ofKind(peer, "connect-proxy"));
    all.put("health of service of " + peer, rows -> new Health(rows).service(peer, "web"));
    all.put("health of connect of " + peer, rows -> new Health(rows).connect(peer, "web"));
  }

  private static void ofAcl(Map<String, Function<Rows, Object>> all) {
    all.put("bootstrap", rows -> new Acl(rows).bootstrappedAt());
    all.put("policies", rows -> new Acl(rows).policies());
    all.put("policy", rows -> new Acl(rows).policy("p1"));
    all.put("policy by name", rows -> new Acl(rows).policyByName("ops"));
    all.put("auth methods", rows -> new Acl(rows).authMethods());
    all.put("auth method", rows -> new Acl(rows).authMethod("jwt"));
    all.put("binding rules", rows -> new Acl(rows).bindingRules(""));
    all.put("binding rules of method", rows -> new Acl(rows).bindingRules("jwt"));
    all.put("binding rule", rows -> new Acl(rows).bindingRule("r1"));
  }

  private static Object chain(Rows rows) {
    return ChainCompiler.compile(rows, ChainRequest.of("web", "dc1", "x.consul")).chain();
  }

  private static Object shown(Rows rows) {
    RouteBinding binding = new RouteBinding(rows);
    return new ConfigEntries(rows).ofKind("").stream().map(binding::shown).toList();
  }

  private static Object run(Rows rows) {
    return new PreparedQueries(rows).resolve("web").map(query -> QueryRun.of(rows, query, false));
  }

  private static Object merged(Rows rows) {
    CentralConfig central = new CentralConfig(rows);
    return new Catalog(rows)
        .connect("", "web").stream().map(one -> central.merged(one.getService())).toList();
  }

  private static Map<String, Function<Rows, Object>> ofParts() {
    Map<String, Function<Rows, Object>> all = new LinkedHashMap<>();
    // They rest on whether they are withdrawn, which changes nothing where there are none.
    instances("west", all);
    all.put("service names", rows -> new Catalog(rows).serviceNames(""));
    all.put("service names of west", rows -> new Catalog(rows).serviceNames("west"));
    all.put("names of kind", rows -> new Catalog(rows).namesOfKind("", ""));
    all.put("merged", Questions::merged);
    all.put("imported services", rows -> new Peerings(rows).importedServices("west"));
    all.put("keys", rows -> new Kv(rows).keys("", "/"));
    all.put("query for name", rows -> new PreparedQueries(rows).resolve("web-5"));
    all.put("query run", Questions::run);
    all.put("protocol", rows -> new ConfigEntries(rows).protocolOf("web"));
    all.put("exports", rows -> new ExportResolver(rows).forPeer("west"));
    all.put("consumers", rows -> new ExportResolver(rows).consumers());
    all.put("exported instances", rows -> new ExportResolver(rows).instances("web"));
    all.put("intention", rows -> new IntentionMatcher(rows).exact("", "api", "web"));
    all.put("chain", Questions::chain);
    for (String gateway : new String[] {"in", "out"}) {
      all.put("services of gateway " + gateway, rows -> new GatewayServices(rows).of(gateway));
    }
    all.put("shown entries", Questions::shown);
    all.put("ingress", rows -> new Health(rows).ingress("web"));
    all.put("mesh", rows -> new Health(rows).mesh("", "web"));
    all.put("mesh of catalog", rows -> new Catalog(rows).mesh("", "api"));
    all.put("intentions", rows -> new IntentionMatcher(rows).forDestination("web"));
    all.put("tokens", rows -> new Acl(rows).tokens());
    all.put("token", rows -> new Acl(rows).token("t1"));
    all.put("token by secret", rows -> new Acl(rows).tokenBySecret("s1"));
    all.put("tokens of policy", rows -> new Acl(rows).tokensOfPolicy("p1"));
    all.put("tokens of role", rows -> new Acl(rows).tokensOfRole("r1"));
    all.put("tokens of method", rows -> new Acl(rows).tokensOfAuthMethod("jwt", 10));
    all.put("next expiry", rows -> new Acl(rows).nextExpiry());
    all.put("roles", rows -> new Acl(rows).roles());
    all.put("role by name", rows -> new Acl(rows).roleByName("ops"));
    all.put("roles of policy", rows -> new Acl(rows).rolesOfPolicy("p1"));
    all.put("secrets", rows -> new Peerings(rows).secrets("id-west"));
    all.put("pinned", rows -> new Peerings(rows).pinned("id-west"));
    return all;
  }

  /** To all questions, by their names. */
  static Map<String, Object> answers(ClusterStateMachine machine) {
    Map<String, Object> answers = new LinkedHashMap<>();
    try (View view = machine.view()) {
      OF_ROWS.forEach((name, question) -> answers.put(name, question.apply(view)));
      OF_PARTS.forEach((name, question) -> answers.put(name, question.apply(view)));
    }
    return answers;
  }

  /** Of all that is asked only exports tell that a restore was between. */
  static Map<String, Object> restoredAt(long index, Map<String, Object> answers) {
    Map<String, Object> restored = new LinkedHashMap<>(answers);
    restored.computeIfPresent(
        "exported instances",
        (name, instances) ->
            ((List<?>) instances)
                .stream()
                    .map(each -> new ExportedInstance(((ExportedInstance) each).row(), index))
                    .toList());
    return restored;
  }
}
