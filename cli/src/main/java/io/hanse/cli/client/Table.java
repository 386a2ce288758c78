package io.hanse.cli.client;

import java.util.ArrayList;
import java.util.List;

/** Rows printed with two blanks between columns, left aligned. The last column is not padded. */
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... header) {
    if (header.length > 0) {
      row(header);
    }
  }

  public Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** All rows, each ended by a line break. */
  public String text() {
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        String cell = row.get(column);
        out.append(cell);
        if (column < row.size() - 1) {
          out.append(" ".repeat(width(column) - cell.length())).append(GAP);
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  private int width(int column) {
    return rows.stream()
        .filter(row -> row.size() > column)
        .mapToInt(row -> row.get(column).length())
        .max()
        .orElse(0);
  }
}
