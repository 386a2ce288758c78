package io.hanse.fsm.view;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/** Nodes and the services on them. A peer of "" means this cluster. */
public final class Catalog {
  private final Rows rows;

  public Catalog(Rows rows) {
    this.rows = rows;
  }

  public List<Node> nodes(String peer) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public Optional<Node> node(String peer, String name) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public List<NodeService> servicesOfNode(String peer, String node) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public Optional<NodeService> service(String peer, String node, String serviceId) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** The names of all services with the tags of their instances. */
  public SortedMap<String, SortedSet<String>> serviceNames(String peer) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** The instances of a service; without checks. */
  public List<CheckServiceNode> service(String peer, String name) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /**
   * The instances through which the mesh reaches a service: its sidecars, and those that are
   * native.
   */
  public List<CheckServiceNode> connect(String peer, String name) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** All instances of a kind, as "mesh-gateway"; without checks. */
  public List<CheckServiceNode> ofKind(String peer, String kind) {
    throw new UnsupportedOperationException(rows.toString());
  }
}
