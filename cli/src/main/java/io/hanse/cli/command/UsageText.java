package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How counts of what is registered are printed: as Consul does, blanks at the ends included. */
final class UsageText {
  private static final int GAP = 6;

  private final SortedMap<String, Value> usage;
  private final boolean isByDatacenter;

  /**
   * Of the usage of each datacenter.
   *
   * @param isByDatacenter whether tables name it, and end with sums
   */
  UsageText(Map<String, Value> usage, boolean isByDatacenter) {
    this.usage = new TreeMap<>(usage);
    this.isByDatacenter = isByDatacenter;
  }

  /** What is not of the mesh, and the nodes. */
  String billable() {
    StringBuilder out = new StringBuilder("Billable Service Instances Total: ");
    out.append(sum("BillableServiceInstances")).append('\n');
    usage.forEach(
        (datacenter, counts) ->
            out.append(datacenter)
                .append(" Billable Service Instances: ")
                .append(counts.at("BillableServiceInstances").whole())
                .append('\n'));
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("Datacenter", "Services", "Service instances"));
    usage.forEach(
        (datacenter, counts) ->
            rows.add(
                row(
                    datacenter,
                    counts.at("Services").text(),
                    counts.at("BillableServiceInstances").text())));
    if (isByDatacenter) {
      rows.add(List.of("", "", ""));
      rows.add(
          List.of(
              "Total",
              Long.toString(sum("Services")),
              Long.toString(sum("BillableServiceInstances"))));
    }
    out.append("\nBillable Services\n").append(aligned(rows)).append("\n\n");
    return out.append("\nNodes\n").append(aligned(nodes())).append("\n\n\n").toString();
  }

  private List<List<String>> nodes() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("Datacenter", "Count", "", ""));
    usage.forEach((datacenter, counts) -> rows.add(List.of(datacenter, counts.at("Nodes").text())));
    rows.add(List.of("", ""));
    rows.add(List.of("Total", Long.toString(sum("Nodes"))));
    return rows;
  }

  /** What is of the mesh. */
  String mesh() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("Datacenter", "Type", "Service instances"));
    long[] sum = {0};
    usage.forEach(
        (datacenter, counts) ->
            new TreeMap<>(counts.at("ConnectServiceInstances").fields())
                .forEach(
                    (kind, count) -> {
                      sum[0] += count.whole();
                      rows.add(row(datacenter, kind, count.text()));
                    }));
    if (isByDatacenter) {
      rows.add(List.of("", "", ""));
      rows.add(List.of("Total", "", Long.toString(sum[0])));
    }
    return "Connect Services\n" + aligned(rows) + "\n";
  }

  private List<String> row(String datacenter, String... cells) {
    List<String> row = new ArrayList<>(List.of(cells));
    if (isByDatacenter) {
      row.add(0, datacenter);
    }
    return row;
  }

  private long sum(String key) {
    return usage.values().stream().mapToLong(counts -> counts.at(key).whole()).sum();
  }

  /** The last cell of a row has no width of its own, nor any by which others go. */
  private static String aligned(List<List<String>> rows) {
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      for (int column = 0; column < row.size() - 1; column++) {
        String cell = row.get(column);
        out.append(cell).append(" ".repeat(width(rows, column) + GAP - cell.length()));
      }
      out.append(row.get(row.size() - 1)).append('\n');
    }
    return out.toString().strip();
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream()
        .filter(row -> row.size() - 1 > column)
        .mapToInt(row -> row.get(column).length())
        .max()
        .orElse(0);
  }
}
