package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.List;

/** What is said beside the table of peerings, where scripts that read the table do not see it. */
final class PeeringNotices {
  private PeeringNotices() {}

  /** Of what Consul's answer tells. */
  static List<String> of(List<Value> peerings) {
    List<String> notices = new ArrayList<>();
    for (Value peering : peerings) {
      String name = peering.at("Name").text();
      if (PeeringText.isTerminated(peering)) {
        notices.add(ended(name));
      } else if (PeeringText.isDown(peering)) {
        notices.add(
            "Nothing is exchanged with " + name + "; why: hanse peering read -name " + name);
      }
    }
    if (peerings.stream().anyMatch(PeeringText::isUndefined)) {
      notices.add(
          "UNDEFINED: this server knows of no leader, and only a leader knows states and counts");
    }
    return notices;
  }

  /** Of a peering that is terminated. */
  static String ended(String name) {
    return "The other cluster deleted its peering "
        + name
        + ": nothing is exchanged any more; hanse peering delete -name "
        + name
        + ", then peer anew by a new token";
  }

  /** Whether more may have to be said, which only the details tell. */
  static boolean wantDetail(Value peering) {
    return PeeringText.hasImports(peering) || PeeringText.isPending(peering);
  }

  /** Of what the details add. */
  static List<String> ofDetails(List<Value> peerings) {
    List<String> notices = new ArrayList<>();
    for (Value peering : peerings) {
      String name = peering.at("Name").text();
      if (PeeringText.withdrawn(peering) > 0) {
        notices.add(
            "Of the imported services of "
                + name
                + ", "
                + PeeringText.withdrawn(peering)
                + " are withdrawn: nobody finds them until it is heard again");
      }
      if (PeeringText.hasSpentToken(peering)) {
        notices.add(
            "The token of "
                + name
                + " was not redeemed and is "
                + peering.at("Detail").at("Token").text()
                + "; another one: hanse peering generate-token -name "
                + name);
      }
    }
    return notices;
  }
}
