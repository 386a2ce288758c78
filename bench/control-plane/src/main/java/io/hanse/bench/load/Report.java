package io.hanse.bench.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects figures of interleaved rounds and prints their median and range, and ratios of them. */
final class Report {
  /** Row, then system, then figure. */
  private final Map<String, Map<Kind, Map<String, List<Double>>>> rows = new LinkedHashMap<>();

  void add(String row, Kind kind, String figure, double value) {
    rows.computeIfAbsent(row, name -> new LinkedHashMap<>())
        .computeIfAbsent(kind, name -> new LinkedHashMap<>())
        .computeIfAbsent(figure, name -> new ArrayList<>())
        .add(value);
  }

  void add(String row, Kind kind, Slice slice) {
    add(row, kind, "rate/s", slice.rate());
    add(row, kind, "cpu us", slice.cpu());
    add(row, kind, "p50 ms", slice.p50());
    add(row, kind, "p99 ms", slice.p99());
    add(row, kind, "errors", slice.errors());
    add(row, kind, "others", slice.cores());
  }

  /** Prints a row: for each system its figures, and behind them those of Hanse as a share. */
  void print(String row) {
    Map<Kind, Map<String, List<Double>>> systems = rows.getOrDefault(row, Map.of());
    System.out.println(row);
    systems.forEach(
        (kind, figures) -> {
          StringBuilder line = new StringBuilder(String.format("  %-7s", kind.label()));
          figures.forEach(
              (figure, values) -> {
                line.append("  ").append(figure).append(' ').append(text(values));
                Map<String, List<Double>> ours = systems.get(Kind.HANSE);
                if (kind != Kind.HANSE && ours != null && ours.containsKey(figure)) {
                  double ratio = median(ours.get(figure)) / median(values);
                  if (!Double.isNaN(ratio) && !Double.isInfinite(ratio)) {
                    line.append(String.format(Locale.ROOT, " [hanse x %.2f]", ratio));
                  }
                }
              });
          System.out.println(line);
        });
  }

  private static String text(List<Double> values) {
    String median = number(median(values));
    return values.size() == 1
        ? median
        : median
            + " ("
            + number(Collections.min(values))
            + "-"
            + number(Collections.max(values))
            + ")";
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }
}
