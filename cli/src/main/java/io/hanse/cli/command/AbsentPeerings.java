package io.hanse.cli.command;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.Response;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.Quoted;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Tells who wrote a name of a peer of which there is no peering. A script may write it before its
 * peering, so it is taken, as by Consul; a slip would never be noticed.
 */
final class AbsentPeerings {
  /** The kind of our own whose entries bear the name of a peering. */
  private static final String POLICY = "peering";

  /** Kinds in which a key of this name is a peer's wherever it stands. */
  private static final Set<String> NAMING =
      Set.of("exported-services", "service-resolver", "service-intentions", "service-defaults");

  private AbsentPeerings() {}

  /** The peers that a config entry names. */
  static Set<String> namedBy(Value entry) {
    String kind = entry.atAny("Kind").text();
    Set<String> peers = new TreeSet<>();
    if (kind.equals(POLICY)) {
      peers.add(Documents.entryName(entry));
    } else if (NAMING.contains(kind)) {
      collect(entry, peers);
    }
    // A policy for all peers, and an intention about all of them.
    peers.removeAll(List.of("*", ""));
    return peers;
  }

  private static void collect(Value value, Set<String> peers) {
    value.items().forEach(item -> collect(item, peers));
    for (Map.Entry<String, Value> field : value.fields().entrySet()) {
      if (field.getKey().equalsIgnoreCase("Peer")) {
        peers.add(field.getValue().text());
      }
      if (!field.getKey().equalsIgnoreCase("Meta")) {
        collect(field.getValue(), peers);
      }
    }
  }

  /** One line for each, and what to do next; none where the server does not list its peerings. */
  static void warn(Session session, ApiClient api, Collection<String> peers) {
    if (peers.isEmpty()) {
      return;
    }
    Set<String> known;
    try {
      Response answer = api.get("/v1/peerings");
      if (answer.status() != 200) {
        return;
      }
      known =
          answer.json().items().stream()
              .map(peering -> peering.at("Name").text())
              .collect(Collectors.toCollection(TreeSet::new));
    } catch (ApiException e) {
      // What was asked for is done; nobody is to take this for its failure.
      return;
    }
    for (String peer : peers) {
      if (!known.contains(peer.toLowerCase(Locale.ROOT))) {
        session.warn(
            "Warning: there is no peering "
                + Quoted.of(peer)
                + " yet"
                + NearNames.near(peer, known)
                + "; mend the name, or establish the peering: hanse peering list shows those that"
                + " there are");
      }
    }
  }
}
