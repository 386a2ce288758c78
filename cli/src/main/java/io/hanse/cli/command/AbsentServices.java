package io.hanse.cli.command;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.Response;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.Quoted;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Tells who exported a name of which there is no instance. A script may write it before the first
 * is registered, so it is taken, as by Consul; a slip would never be noticed.
 */
final class AbsentServices {
  private static final String ALL = "*";

  private AbsentServices() {}

  /** The services that an entry exports; none of an entry of another kind. */
  static Set<String> exportedBy(Value entry) {
    return entry.atAny("Kind").text().equals("exported-services")
        ? entry.atAny("Services").items().stream()
            .map(service -> service.atAny("Name").text())
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new))
        : Set.of();
  }

  /** One line for each, and what to do next; none where the server does not list its services. */
  static void warn(Session session, ApiClient api, Collection<String> exported) {
    if (exported.stream().allMatch(ALL::equals)) {
      return;
    }
    Set<String> known;
    try {
      Response answer = api.get("/v1/catalog/services");
      if (answer.status() != 200) {
        return;
      }
      known = answer.json().fields().keySet();
    } catch (ApiException e) {
      // What was asked for is done; nobody is to take this for its failure.
      return;
    }
    Set<String> folded =
        known.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    for (String name : exported) {
      if (!name.equals(ALL) && !folded.contains(name.toLowerCase(Locale.ROOT))) {
        session.warn(
            "Warning: there is no instance of "
                + Quoted.of(name)
                + " yet"
                + NearNames.near(name, known)
                + "; mend the name, or register one: hanse catalog services shows those that there"
                + " are");
      }
    }
  }
}
