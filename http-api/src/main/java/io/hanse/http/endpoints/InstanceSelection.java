package io.hanse.http.endpoints;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Node;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which instances a request wants to see.
 *
 * @param peer the peering that they were imported from; "" for this cluster's own
 * @param tags all of which an instance must have, in lower case
 * @param nodeMeta all of which its node must have
 * @param isPassing whether one with a check that does not pass is left out
 */
record InstanceSelection(
    String peer, Set<String> tags, Map<String, String> nodeMeta, boolean isPassing) {
  private static final String PASSING = "passing";

  static InstanceSelection parse(Parameters parameters) {
    boolean isGroup = parameters.has("sg") || parameters.has("sameness-group");
    String peer = parameters.first("peer");
    if (isGroup) {
      throw peer.isEmpty()
          ? HttpProblem.internal("sameness groups are not supported in consul CE")
          : HttpProblem.badRequest("peer-name and sameness-group are mutually exclusive");
    }
    return new InstanceSelection(
        peer,
        parameters.all("tag").stream()
            .map(tag -> tag.toLowerCase(Locale.ROOT))
            .filter(tag -> !tag.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new)),
        nodeMeta(parameters),
        parsePassing(parameters));
  }

  /** A key without a colon asks for an empty value. */
  static Map<String, String> nodeMeta(Parameters parameters) {
    Map<String, String> wanted = new TreeMap<>();
    for (String pair : parameters.all("node-meta")) {
      int colon = pair.indexOf(':');
      wanted.put(
          colon < 0 ? pair : pair.substring(0, colon), colon < 0 ? "" : pair.substring(colon + 1));
    }
    return wanted;
  }

  static boolean hasMeta(Node node, Map<String, String> wanted) {
    return wanted.entrySet().stream()
        .allMatch(pair -> pair.getValue().equals(node.getMetaMap().get(pair.getKey())));
  }

  private static boolean parsePassing(Parameters parameters) {
    if (parameters.first(PASSING).isEmpty()) {
      return parameters.has(PASSING);
    }
    return parameters
        .truth(PASSING)
        .orElseThrow(() -> HttpProblem.badRequest("Invalid value for ?passing"));
  }

  List<CheckServiceNode> of(Function<String, List<CheckServiceNode>> instancesOfPeer) {
    return instancesOfPeer.apply(peer).stream().filter(this::includes).toList();
  }

  private boolean includes(CheckServiceNode instance) {
    return hasTags(instance)
        && hasMeta(instance.getNode(), nodeMeta)
        && (!isPassing
            || instance.getChecksList().stream()
                .allMatch(check -> check.getStatus().equals(PASSING)));
  }

  private boolean hasTags(CheckServiceNode instance) {
    if (tags.isEmpty()) {
      return true;
    }
    Set<String> present =
        instance.getService().getTagsList().stream()
            .map(tag -> tag.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    return present.containsAll(tags);
  }
}
