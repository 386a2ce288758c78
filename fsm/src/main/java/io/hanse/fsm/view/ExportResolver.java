package io.hanse.fsm.view;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What this cluster shows to whom: exported-services entries and the catalog, wildcards expanded.
 * Source: peering protocol, sections 6.1 to 6.6.
 */
public final class ExportResolver {
  private final Rows rows;

  public ExportResolver(Rows rows) {
    this.rows = rows;
  }

  /**
   * What one peer may see.
   *
   * @param services plain names, for the list that goes to the peer
   * @param meshServices names that are exported as mesh services besides, each with its protocol
   */
  public record Exports(SortedSet<String> services, SortedMap<String, String> meshServices) {}

  public Exports forPeer(String peer) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** Exported names with the peers that may see each, sorted. */
  public SortedMap<String, SortedSet<String>> consumers() {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** The instances of a plain service as a peer gets them: flattened checks, fields withheld. */
  public List<CheckServiceNode> instances(String service) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /**
   * The instances of {@code <service>-sidecar-proxy}: one for each mesh gateway of this cluster.
   */
  public List<CheckServiceNode> meshInstances(String service, String peer) {
    throw new UnsupportedOperationException(rows.toString());
  }
}
