package io.hanse.cli.command;

import io.hanse.cli.client.Table;
import io.hanse.cli.value.Value;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How intentions are printed. */
final class IntentionText {
  private static final DateTimeFormatter RFC_850 =
      DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss zzz", Locale.ROOT);

  /** What Go prints of a time that was never set. */
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private IntentionText() {}

  /** In one line: who, whom, and how. */
  static String line(Value intention) {
    int permissions = intention.at("Permissions").items().size();
    String detail =
        switch (permissions) {
          case 0 -> intention.at("Action").text();
          case 1 -> "1 permission";
          default -> permissions + " permissions";
        };
    return caller(intention) + " => " + destination(intention) + " (" + detail + ")";
  }

  private static String caller(Value intention) {
    return ofPeer(intention) + source(intention);
  }

  /**
   * Before the name of a source. Consul hides the peer; callers of here and there look the same.
   */
  static String ofPeer(Value intention) {
    String peer = intention.at("SourcePeer").text();
    return peer.isEmpty() ? "" : "peer " + peer + "/";
  }

  static String source(Value intention) {
    return qualified(intention.at("SourceNS").text(), intention.at("SourceName").text());
  }

  static String destination(Value intention) {
    return qualified(intention.at("DestinationNS").text(), intention.at("DestinationName").text());
  }

  private static String qualified(String namespace, String name) {
    return namespace.isEmpty() || namespace.equals("default") ? name : namespace + "/" + name;
  }

  /** With all that is kept with it. */
  static String whole(Value intention) {
    Table table = new Table();
    table.row("Source:", caller(intention)).row("Destination:", destination(intention));
    row(table, "Action:", intention.at("Action"));
    row(table, "ID:", intention.at("ID"));
    row(table, "Description:", intention.at("Description"));
    for (Map.Entry<String, Value> pair : new TreeMap<>(intention.at("Meta").fields()).entrySet()) {
      table.row("Meta[" + pair.getKey() + "]:", pair.getValue().text());
    }
    String created = intention.at("CreatedAt").text();
    table.row(
        "Created At:",
        RFC_850.format(
            Instant.parse(created.isEmpty() ? NEVER : created).atZone(ZoneId.systemDefault())));
    return table.text();
  }

  private static void row(Table table, String label, Value value) {
    if (!value.text().isEmpty()) {
      table.row(label, value.text());
    }
  }
}
