package io.hanse.cli.command;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses that a token is to name, {@code [<label>=]<host>:<port>} each. Labels are ours:
 * what is wrong with an address that has one is refused. One without is taken as Consul takes it,
 * with a warning where nobody could ever dial it.
 */
record ExternalAddresses(List<String> addresses, Map<String, String> labels) {
  private static final Pattern DIALED =
      Pattern.compile("(?:\\[[0-9A-Fa-f:.%]+]|[^\\s:=/\\[\\]]+):([0-9]{1,5})");
  private static final int PORT_MAX = 65_535;

  static ExternalAddresses parse(Session session, String list) {
    List<String> addresses = new ArrayList<>();
    Map<String, String> labels = new LinkedHashMap<>();
    for (String part : list.split(",", -1)) {
      String text = part.strip();
      if (text.isEmpty()) {
        continue;
      }
      int equals = text.indexOf('=');
      String address = text.substring(equals + 1);
      String complaint = "\"" + text + "\": \"" + address + "\" is not <host>:<port>";
      if (equals == 0) {
        throw new CommandFailure("No label before \"" + text + "\"");
      }
      if (equals > 0 && text.substring(0, equals).chars().anyMatch(Character::isWhitespace)) {
        throw new CommandFailure(
            "\"" + text + "\": the label \"" + text.substring(0, equals) + "\" has a space");
      }
      if (equals > 0) {
        if (!isDialed(address)) {
          throw new CommandFailure(complaint);
        }
        labels.put(address, text.substring(0, equals));
      } else if (!isDialed(address)) {
        session.warn(
            "Warning: \"" + address + "\" is not <host>:<port>, so no cluster can dial it");
      }
      addresses.add(address);
    }
    return new ExternalAddresses(addresses, labels);
  }

  private static boolean isDialed(String address) {
    Matcher parts = DIALED.matcher(address);
    if (!parts.matches()) {
      return false;
    }
    int port = Integer.parseInt(parts.group(1));
    return port > 0 && port <= PORT_MAX;
  }

  /** Labels stand beside the list, which stays what a Consul reads. */
  void addTo(Map<String, Value> body) {
    if (!addresses.isEmpty()) {
      body.put("ServerExternalAddresses", Value.of(addresses));
    }
    if (!labels.isEmpty()) {
      body.put("ServerExternalAddressLabels", Value.ofTexts(labels));
    }
  }
}
