package io.hanse.http.metrics;

import io.hanse.http.json.JsonWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values of one moment, and the two forms in which they are told. Names are written with dots, as
 * Consul's are in JSON; Prometheus gets them with underscores.
 */
public final class Gauges {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss '+0000 UTC'").withZone(ZoneOffset.UTC);

  private record Gauge(long value, Map<String, String> labels) {}

  private final Map<Metric, List<Gauge>> byMetric = new EnumMap<>(Metric.class);

  public void add(Metric metric, long value) {
    add(metric, value, Map.of());
  }

  public void add(Metric metric, long value, Map<String, String> labels) {
    byMetric
        .computeIfAbsent(metric, any -> new ArrayList<>())
        .add(new Gauge(value, new TreeMap<>(labels)));
  }

  /** As {@code /v1/agent/metrics} of Consul; counters and samples there are none. */
  public void writeJson(JsonWriter out, Instant now) {
    out.beginObject().field("Timestamp", TIME.format(now)).key("Gauges").beginArray();
    byMetric.forEach(
        (metric, gauges) ->
            gauges.forEach(
                gauge ->
                    out.beginObject()
                        .field("Name", metric.dotted())
                        .field("Value", gauge.value())
                        .key("Labels")
                        .any(gauge.labels())
                        .endObject()));
    out.endArray();
    for (String absent : List.of("Points", "Counters", "Samples")) {
      out.key(absent).beginArray().endArray();
    }
    out.endObject();
  }

  /** The text format of Prometheus, version 0.0.4. */
  public String prometheus() {
    StringBuilder out = new StringBuilder();
    byMetric.forEach(
        (metric, gauges) -> {
          String plain = metric.plain();
          out.append("# HELP ").append(plain).append(' ').append(metric.help()).append('\n');
          out.append("# TYPE ").append(plain).append(" gauge\n");
          for (Gauge gauge : gauges) {
            out.append(plain);
            labels(out, gauge.labels());
            out.append(' ').append(gauge.value()).append('\n');
          }
        });
    return out.toString();
  }

  private static void labels(StringBuilder out, Map<String, String> labels) {
    char separator = '{';
    for (Map.Entry<String, String> label : labels.entrySet()) {
      out.append(separator).append(label.getKey()).append("=\"");
      out.append(label.getValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
      out.append('"');
      separator = ',';
    }
    if (!labels.isEmpty()) {
      out.append('}');
    }
  }
}
