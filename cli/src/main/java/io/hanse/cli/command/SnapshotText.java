package io.hanse.cli.command;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.http.archive.ArchiveMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How much of what a saved state holds, counted while it is read and printed as Consul prints. */
final class SnapshotText {
  private static final int GAP = 6;
  private static final int CELL_MIN = 8;

  /** Rows of one kind, and the bytes of their keys and values. */
  private static final class Amount {
    long rows;
    long bytes;

    void add(long moreBytes) {
      rows++;
      bytes += moreBytes;
    }
  }

  private final boolean showsKeys;
  private final int depth;
  private final String filter;
  private final Map<String, Amount> types = new TreeMap<>();
  private final Map<String, Amount> prefixes = new TreeMap<>();

  SnapshotText(boolean showsKeys, int depth, String filter) {
    this.showsKeys = showsKeys;
    this.depth = depth;
    this.filter = filter;
  }

  /** Counts a row. */
  void row(TableId table, Key key, long bytes) {
    types.computeIfAbsent(type(table), none -> new Amount()).add(bytes);
    if (showsKeys && table == TableId.KV && key.onlySegment().startsWith(filter)) {
      prefixes.computeIfAbsent(prefix(key.onlySegment()), none -> new Amount()).add(bytes);
    }
  }

  private String prefix(String key) {
    String[] parts = key.split("/", -1);
    return String.join("/", List.of(parts).subList(0, Math.min(Math.max(1, depth), parts.length)));
  }

  /** Consul's name of what there is in Consul too; else that of the table. */
  private static String type(TableId table) {
    return switch (table) {
      case NODES, SERVICES, CHECKS -> "Register";
      case KV -> "KVS";
      case CONFIG_ENTRIES -> "ConfigEntry";
      case CA_ROOTS -> "ConnectCA";
      case CA_CONFIGURATION -> "ConnectCAConfig";
      case PEERINGS -> "PeeringWrite";
      case PEERING_SECRETS -> "PeeringSecretsWrite";
      case TRUST_BUNDLES -> "PeeringTrustBundleWrite";
      case CLUSTER -> "SystemMetadata";
      case TOMBSTONES -> "Tombstone";
      default -> camelCase(table.name());
    };
  }

  private static String camelCase(String name) {
    StringBuilder text = new StringBuilder();
    for (String word : name.split("_", -1)) {
      text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  private static List<Map.Entry<String, Amount>> largestFirst(Map<String, Amount> amounts) {
    Comparator<Map.Entry<String, Amount>> bySize =
        Comparator.comparingLong(entry -> -entry.getValue().bytes);
    return amounts.entrySet().stream().sorted(bySize).toList();
  }

  private static long total(Map<String, Amount> amounts) {
    return amounts.values().stream().mapToLong(amount -> amount.bytes).sum();
  }

  String pretty(ArchiveMeta meta) {
    List<List<String>> head =
        List.of(
            List.of(" ID", meta.id()),
            List.of(" Size", String.valueOf(meta.size())),
            List.of(" Index", Long.toUnsignedString(meta.index())),
            List.of(" Term", String.valueOf(meta.term())),
            List.of(" Version", String.valueOf(meta.version())));
    String text = block(head) + "\n" + amounts(" Type", types);
    return showsKeys ? text + "\n" + amounts(" Key Name", prefixes) : text;
  }

  private static String amounts(String title, Map<String, Amount> amounts) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(title, "Count", "Size"));
    rows.add(List.of(" ----", "----", "----"));
    for (Map.Entry<String, Amount> entry : largestFirst(amounts)) {
      rows.add(
          List.of(
              " " + entry.getKey(),
              String.valueOf(entry.getValue().rows),
              size(entry.getValue().bytes)));
    }
    rows.add(List.of(" ----", "----", "----"));
    rows.add(List.of(" Total", "", size(total(amounts))));
    return block(rows);
  }

  /** Columns as wide as their widest cell and a gap; the last one is not filled up. */
  private static String block(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        String cell = row.get(column);
        text.append(cell);
        if (column < row.size() - 1) {
          int width = rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(0);
          text.append(" ".repeat(Math.max(CELL_MIN, width + GAP) - cell.length()));
        }
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String size(long bytes) {
    String[] units = {"B", "KB", "MB", "GB", "TB"};
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < units.length - 1) {
      amount /= 1024;
      unit++;
    }
    String text = String.format(Locale.ROOT, "%.1f", amount);
    return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + units[unit];
  }

  String json(ArchiveMeta meta) {
    Map<String, Value> description = new LinkedHashMap<>();
    description.put("ID", Value.of(meta.id()));
    description.put("Size", Value.of(meta.size()));
    description.put("Index", Value.of(meta.index()));
    description.put("Term", Value.of(meta.term()));
    description.put("Version", Value.of(meta.version()));
    Map<String, Value> all = new LinkedHashMap<>();
    all.put("Meta", new Value.Fields(description));
    all.put("Stats", stats(types));
    all.put("StatsKV", showsKeys ? stats(prefixes) : Value.nothing());
    all.put("TotalSize", Value.of(total(types)));
    all.put("TotalSizeKV", Value.of(total(prefixes)));
    return JsonText.pretty(new Value.Fields(all), "   ");
  }

  private static Value stats(Map<String, Amount> amounts) {
    List<Value> items = new ArrayList<>();
    for (Map.Entry<String, Amount> entry : largestFirst(amounts)) {
      Map<String, Value> one = new LinkedHashMap<>();
      one.put("Name", Value.of(entry.getKey()));
      one.put("Sum", Value.of(entry.getValue().bytes));
      one.put("Count", Value.of(entry.getValue().rows));
      items.add(new Value.Fields(one));
    }
    return new Value.Items(items);
  }
}
