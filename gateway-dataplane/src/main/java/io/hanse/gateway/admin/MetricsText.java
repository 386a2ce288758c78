package io.hanse.gateway.admin;

/** Writes metrics in the text form of Prometheus. */
public final class MetricsText {
  private final StringBuilder text = new StringBuilder();

  /** Begins a family. */
  public MetricsText family(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  /** One value; labels are names and values in turn. */
  public MetricsText value(String name, long value, String... labels) {
    name(name, labels).append(value).append('\n');
    return this;
  }

  /** One value; labels are names and values in turn. */
  public MetricsText value(String name, double value, String... labels) {
    name(name, labels).append(value).append('\n');
    return this;
  }

  private StringBuilder name(String name, String... labels) {
    text.append(name);
    if (labels.length > 0) {
      text.append('{');
      for (int i = 0; i + 1 < labels.length; i += 2) {
        text.append(i == 0 ? "" : ",").append(labels[i]).append("=\"");
        escape(labels[i + 1]);
        text.append('"');
      }
      text.append('}');
    }
    return text.append(' ');
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        default -> text.append(c);
      }
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
