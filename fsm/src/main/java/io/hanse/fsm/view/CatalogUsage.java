package io.hanse.fsm.view;

import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much is registered with this cluster; what is imported is counted where it comes from.
 *
 * @param services the names
 * @param meshInstances by kind, "connect-native" among them
 * @param billable instances that are neither proxies, gateways, nor the servers' own
 */
public record CatalogUsage(
    long nodes,
    long services,
    long instances,
    SortedMap<String, Long> meshInstances,
    long billable) {
  private static final String NATIVE = "connect-native";
  private static final String SERVERS = "consul";

  /** The kinds whose instances are of the mesh by what they are. */
  private static final List<String> MESH_KINDS =
      List.of(
          ServiceKinds.CONNECT_PROXY,
          ServiceKinds.INGRESS_GATEWAY,
          ServiceKinds.MESH_GATEWAY,
          ServiceKinds.TERMINATING_GATEWAY,
          "api-gateway");

  public CatalogUsage {
    meshInstances = Collections.unmodifiableSortedMap(meshInstances);
  }

  /** Counts keys, and reads no row but one of each name. */
  public static CatalogUsage of(Rows rows) {
    Key own = Key.ofPeer("");
    SortedMap<String, Long> mesh = new TreeMap<>();
    for (String kind : MESH_KINDS) {
      mesh.put(kind, count(rows, TableId.SERVICES_BY_KIND, Keys.kind("", kind)));
    }
    // Behind a destination are its sidecars, each of which has one, and what is native.
    long sidecars = mesh.getOrDefault(ServiceKinds.CONNECT_PROXY, 0L);
    mesh.put(NATIVE, count(rows, TableId.SERVICES_BY_DESTINATION, own) - sidecars);
    Key typical = Keys.kind("", ServiceKinds.TYPICAL);
    return new CatalogUsage(
        count(rows, TableId.NODES, own),
        new Catalog(rows).names("").size(),
        count(rows, TableId.SERVICES_BY_KIND, own),
        mesh,
        count(rows, TableId.SERVICES_BY_KIND, typical)
            - count(rows, TableId.SERVICES_BY_KIND, typical.thenFolded(SERVERS)));
  }

  private static long count(Rows rows, TableId table, Key prefix) {
    long[] count = {0};
    rows.scanKeys(
        table,
        prefix,
        prefix,
        (key, modifyIndex) -> {
          count[0]++;
          return true;
        });
    return count[0];
  }
}
