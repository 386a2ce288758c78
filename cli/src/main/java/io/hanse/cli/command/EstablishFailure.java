package io.hanse.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How it is told that no address of a token could be redeemed at. A server tries for seconds, and
 * tells each attempt.
 */
final class EstablishFailure {
  private static final String ATTEMPT = "\t* ";
  private static final String UNREACHED = "failed to exchange peering secret through address";
  private static final String LEADS = "hanse peering token inspect <file>";

  private EstablishFailure() {}

  /** The words of the server, each attempt that went alike once, and what to do. */
  static String explained(String text) {
    if (!text.contains(UNREACHED)) {
      return text;
    }
    return folded(text) + "\n" + next(text);
  }

  private static String next(String text) {
    return text.contains("failed to verify certificate")
        ? "Who answers there is not the cluster that the token is of. "
            + LEADS
            + " shows where it leads; another one can name other addresses:"
            + " hanse peering generate-token -server-external-addresses"
        : "The token leads to nobody who answers. "
            + LEADS
            + " shows where it leads: mend the way there, or have another one name other addresses:"
            + " hanse peering generate-token -server-external-addresses";
  }

  private static String folded(String text) {
    boolean isEnclosed = text.endsWith(")");
    String inner = isEnclosed ? text.substring(0, text.length() - 1) : text;
    List<String> others = new ArrayList<>();
    Map<String, Integer> attempts = new LinkedHashMap<>();
    for (String line : inner.strip().split("\n", -1)) {
      if (line.startsWith(ATTEMPT)) {
        attempts.merge(line, 1, Integer::sum);
      } else {
        others.add(line);
      }
    }
    attempts.forEach(
        (line, count) -> others.add(count == 1 ? line : line + " (" + count + " times)"));
    return String.join("\n", others) + (isEnclosed ? ")" : "");
  }
}
