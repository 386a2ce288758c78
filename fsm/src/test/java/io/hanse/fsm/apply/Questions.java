package io.hanse.fsm.apply;

import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.IntentionMatcher;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Peerings;
import java.util.LinkedHashMap;
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
      all.put("service of " + peer, rows -> new Catalog(rows).service(peer, "web"));
      all.put("connect of " + peer, rows -> new Catalog(rows).connect(peer, "web"));
      all.put("kind of " + peer, rows -> new Catalog(rows).ofKind(peer, "connect-proxy"));
      all.put("checks of node of " + peer, rows -> new Health(rows).ofNode(peer, "n1"));
      all.put("checks of service of " + peer, rows -> new Health(rows).ofService(peer, "web"));
      all.put("checks in state of " + peer, rows -> new Health(rows).inState(peer, "critical"));
      all.put("any checks of " + peer, rows -> new Health(rows).inState(peer, "any"));
      all.put("health of service of " + peer, rows -> new Health(rows).service(peer, "web"));
      all.put("health of connect of " + peer, rows -> new Health(rows).connect(peer, "web"));
    }
    all.put("key", rows -> new Kv(rows).get("a"));
    all.put("keys with values", rows -> new Kv(rows).list("a/"));
    all.put("entry", rows -> new ConfigEntries(rows).entry("service-defaults", "web"));
    all.put("entries", rows -> new ConfigEntries(rows).ofKind("service-defaults"));
    all.put("all entries", rows -> new ConfigEntries(rows).ofKind(""));
    all.put("peerings", rows -> new Peerings(rows).all());
    all.put("peering by name", rows -> new Peerings(rows).byName("west"));
    all.put("peering by id", rows -> new Peerings(rows).byId("id-west"));
    all.put("trust bundles", rows -> new Peerings(rows).trustBundles());
    all.put("trust bundle", rows -> new Peerings(rows).trustBundle("west"));
    return all;
  }

  private static Map<String, Function<Rows, Object>> ofParts() {
    Map<String, Function<Rows, Object>> all = new LinkedHashMap<>();
    all.put("service names", rows -> new Catalog(rows).serviceNames(""));
    all.put("names of kind", rows -> new Catalog(rows).namesOfKind("", ""));
    all.put("imported services", rows -> new Peerings(rows).importedServices("west"));
    all.put("keys", rows -> new Kv(rows).keys("", "/"));
    all.put("protocol", rows -> new ConfigEntries(rows).protocolOf("web"));
    all.put("exports", rows -> new ExportResolver(rows).forPeer("west"));
    all.put("consumers", rows -> new ExportResolver(rows).consumers());
    all.put("exported instances", rows -> new ExportResolver(rows).instances("web"));
    all.put("intentions", rows -> new IntentionMatcher(rows).forDestination("web"));
    all.put("secrets", rows -> new Peerings(rows).secrets("id-west"));
    return all;
  }
}
