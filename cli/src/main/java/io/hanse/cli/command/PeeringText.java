package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import io.hanse.fsm.error.Quoted;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How one peering is laid out for people. */
final class PeeringText {
  private static final String INDENT = "    ";

  private PeeringText() {}

  /**
   * What Consul shows, and why a state is what it is.
   *
   * @param isDetailed whether what Consul has no word for follows, the reason among it
   */
  static String of(Value peering, boolean isDetailed) {
    return isDetailed ? whole(peering, "") + detail(peering) : whole(peering, reason(peering));
  }

  private static String whole(Value peering, String reason) {
    StringBuilder out = new StringBuilder();
    line(out, "Name:         ", peering.at("Name").text());
    line(out, "ID:           ", peering.at("ID").text());
    if (!peering.at("DeletedAt").isNothing()) {
      line(out, "DeletedAt:    ", peering.at("DeletedAt").text().replaceFirst("\\.[0-9]+", ""));
    }
    line(out, "State:        ", peering.at("State").text());
    if (isWrong(peering) && !reason.isEmpty()) {
      line(out, "Reason:       ", reason);
    }
    Value meta = peering.at("Meta");
    if (!meta.fields().isEmpty()) {
      line(out, "Meta:", "");
      line(out, INDENT, meta(meta, "\n" + INDENT));
    }
    out.append('\n');
    line(out, "Peer ID:               ", Quoted.escaped(peering.at("PeerID").text()));
    line(out, "Peer Server Name:      ", Quoted.escaped(peering.at("PeerServerName").text()));
    line(out, "Peer CA Pems:          ", String.valueOf(peering.at("PeerCAPems").items().size()));
    List<Value> addresses = peering.at("PeerServerAddresses").items();
    if (!addresses.isEmpty()) {
      line(out, "Peer Server Addresses:", "");
    }
    line(
        out,
        "",
        addresses.stream()
            .map(a -> INDENT + Quoted.escaped(a.text()))
            .collect(Collectors.joining()));
    Value status = peering.at("StreamStatus");
    line(out, "Imported Services: ", size(status.at("ImportedServices")) + lack(peering));
    line(out, "Exported Services: ", size(status.at("ExportedServices")));
    out.append('\n');
    line(out, "Last Heartbeat:    ", time(status.at("LastHeartbeat")));
    line(out, "Last Send:         ", time(status.at("LastSend")));
    line(out, "Last Receive:      ", time(status.at("LastReceive")));
    out.append('\n');
    line(out, "Create Index: ", peering.at("CreateIndex").text());
    line(out, "Modify Index: ", peering.at("ModifyIndex").text());
    return out.toString();
  }

  /**
   * The states in which something should flow and may not: the reason is told unasked. An acceptor
   * is pending until its token is redeemed, which is no news while it can be; a dialer only where
   * that failed. One that is terminated is shown as Consul shows it: why is said beside.
   */
  private static boolean isWrong(Value peering) {
    return switch (state(peering)) {
      case "FAILING", "ACTIVE" -> true;
      case "PENDING" ->
          !peering.at("PeerServerAddresses").items().isEmpty() || hasSpentToken(peering);
      default -> false;
    };
  }

  static boolean isTerminated(Value peering) {
    return state(peering).equals("TERMINATED");
  }

  static boolean isPending(Value peering) {
    return state(peering).equals("PENDING");
  }

  /** Of a server that knows of no leader, and answers of what it has. */
  static boolean isUndefined(Value peering) {
    return state(peering).equals("UNDEFINED");
  }

  private static String state(Value peering) {
    return peering.at("State").text();
  }

  /** Whether its token has ended before anybody came with it. */
  static boolean hasSpentToken(Value peering) {
    String token = peering.at("Detail").at("Token").text();
    return isPending(peering) && (token.equals("expired") || token.equals("revoked"));
  }

  static boolean hasImports(Value peering) {
    return imports(peering) > 0;
  }

  /** How many of the imported services nobody finds, though they are counted as imported. */
  static int withdrawn(Value peering) {
    return peering.at("Detail").at("WithdrawnSince").isNothing() ? 0 : imports(peering);
  }

  private static int imports(Value peering) {
    return peering.at("StreamStatus").at("ImportedServices").items().size();
  }

  private static String lack(Value peering) {
    return withdrawn(peering) == 0 ? "" : ", of which " + withdrawn(peering) + " are withdrawn";
  }

  /** Whether nothing flows where something should. */
  static boolean isDown(Value peering) {
    return isWrong(peering) && !state(peering).equals("ACTIVE");
  }

  /** What Consul has no word for; one line where the server, a Consul, has none either. */
  private static String detail(Value peering) {
    Value detail = peering.at("Detail");
    if (detail.isNothing()) {
      return "\nThis server tells no details.\n";
    }
    StringBuilder out = new StringBuilder("\n");
    String reason = reason(peering);
    line(out, "Reason:                 ", reason.isEmpty() ? "all is well" : reason);
    if (detail.at("InChanges").truth()) {
      line(out, "Services Travel:        ", "in changes");
    }
    line(out, "Last Confirmed:         ", time(detail.at("LastConfirmed")));
    line(out, "Silence:                ", silence(detail));
    if (!detail.at("OnStale").text().isEmpty()) {
      Value bound = detail.at("StaleAfter");
      line(
          out,
          "When Silent:            ",
          detail.at("OnStale").text() + (bound.isNothing() ? "" : " after " + bound.text()));
    }
    line(out, "Withdrawn Since:        ", time(detail.at("WithdrawnSince")));
    line(out, "Unacknowledged Exports: ", detail.at("Unacknowledged").text());
    line(out, "Oldest Unacknowledged:  ", time(detail.at("OldestUnacknowledged")));
    line(out, "Pending Imports:        ", detail.at("PendingImports").text());
    if (!detail.at("Token").text().isEmpty()) {
      boolean isOver = detail.at("Token").text().equals("expired");
      String expires =
          detail.at("TokenExpires").isNothing()
              ? ""
              : (isOver ? ", at " : ", expires ") + time(detail.at("TokenExpires"));
      line(out, "Newest Token:           ", detail.at("Token").text() + expires);
    }
    for (Value candidate : detail.at("Candidates").items()) {
      line(out, "Dialed At:              ", candidate(candidate));
    }
    if (!detail.at("SecretSince").isNothing()) {
      line(out, "Secret Since:           ", time(detail.at("SecretSince")));
    }
    List<Value> confirmed = detail.at("ConfirmedExports").items();
    if (!confirmed.isEmpty()) {
      Value oldest = Collections.min(confirmed, Comparator.comparing(PeeringText::confirmedAt));
      line(
          out,
          "Confirmed Exports:      ",
          confirmed.size()
              + ", longest ago "
              + oldest.at("Service").text()
              + ": "
              + time(oldest.at("ConfirmedAt")));
    }
    imports(out, detail);
    for (Value problem : detail.at("ExportProblems").items()) {
      boolean isByPeer = problem.at("ByPeer").truth();
      String label = isByPeer ? "Refused By Peer:        " : "Not Exported:           ";
      line(out, label, problem.at("Resource").text() + ": " + problem.at("Reason").text());
    }
    for (Value problem : detail.at("ImportProblems").items()) {
      line(
          out,
          "Not Imported:           ",
          problem.at("Resource").text()
              + " since "
              + time(problem.at("Since"))
              + ": "
              + problem.at("Reason").text());
    }
    return out.toString();
  }

  /** It may hold the peer's own words. */
  private static String reason(Value peering) {
    return Quoted.printable(peering.at("Detail").at("Reason").text());
  }

  /** An address with what it is, whether it is in use, and what went wrong there last. */
  private static String candidate(Value candidate) {
    String label = candidate.at("Label").text();
    String error = candidate.at("LastError").text();
    boolean hasFailed = !candidate.at("LastErrorAt").isNothing();
    return candidate.at("Address").text()
        + " ("
        + candidate.at("Origin").text()
        + (label.isEmpty() ? "" : ", " + label)
        + (candidate.at("InUse").truth() ? ", in use" : "")
        + ")"
        + (hasFailed ? " failed " + time(candidate.at("LastErrorAt")) + ": " + error : "");
  }

  /** How many, which was confirmed longest ago, and which not at all. */
  private static void imports(StringBuilder out, Value detail) {
    List<Value> imports = detail.at("ConfirmedImports").items();
    if (imports.isEmpty()) {
      return;
    }
    List<Value> known =
        imports.stream().filter(each -> !each.at("ConfirmedAt").isNothing()).toList();
    String oldest =
        known.stream()
            .min(Comparator.comparing(PeeringText::confirmedAt))
            .map(each -> ", longest ago " + each.at("Service").text() + ": " + ago(each, detail))
            .orElse("");
    line(out, "Confirmed Imports:      ", known.size() + oldest);
    imports.stream()
        .filter(each -> each.at("ConfirmedAt").isNothing())
        .forEach(each -> line(out, "Unconfirmed Import:     ", each.at("Service").text()));
  }

  private static String ago(Value confirmed, Value detail) {
    return time(confirmed.at("ConfirmedAt")) + " (" + detail.at("OldestImportAge").text() + ")";
  }

  private static String confirmedAt(Value confirmed) {
    return confirmed.at("ConfirmedAt").text();
  }

  /** Counted from the beginning of a leader that heard nothing, it is no time of a last word. */
  private static String silence(Value detail) {
    Value silence = detail.at("Silence");
    if (silence.isNothing()) {
      return "<nil>";
    }
    return detail.at("LastConfirmed").isNothing()
        ? "not heard since this leader leads, for " + silence.text()
        : silence.text();
  }

  /** {@code key=value}, sorted by key. */
  static String meta(Value meta, String separator) {
    return new TreeMap<>(meta.fields())
        .entrySet().stream()
            .map(pair -> pair.getKey() + "=" + pair.getValue().text())
            .collect(Collectors.joining(separator));
  }

  static void line(StringBuilder out, String label, String value) {
    out.append(label).append(value).append('\n');
  }

  private static String size(Value services) {
    return String.valueOf(services.items().size());
  }

  /** As Go prints a time in UTC: no trailing zeros in the fraction. */
  private static String time(Value value) {
    if (value.isNothing()) {
      return "<nil>";
    }
    try {
      ZonedDateTime time = Instant.parse(value.text()).atZone(ZoneOffset.UTC);
      String fraction =
          String.format(".%09d", time.getNano()).replaceFirst("0+$", "").replaceFirst("\\.$", "");
      return time.format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"))
          + fraction
          + " +0000 UTC";
    } catch (DateTimeParseException e) {
      return value.text();
    }
  }
}
