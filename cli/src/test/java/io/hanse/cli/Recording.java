package io.hanse.cli;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Command lines of a real Consul with what it printed, in the order in which they were given. */
public record Recording(String name, Value header, List<Line> lines) {
  public static final List<String> NAMES =
      List.of(
          "config",
          "general",
          "kv-connect-ca",
          "maint-usage",
          "peering",
          "services-catalog-intention");

  public record Line(Value json) {
    public List<String> arguments() {
      return json.at("argv").items().stream().skip(1).map(Value::text).toList();
    }

    public String title() {
      return json.at("name").text();
    }

    /** Groups and commands that this version has. */
    public boolean isInScope() {
      List<String> arguments = arguments();
      CommandPath path = CommandPath.of(arguments.toArray(String[]::new));
      return !path.name().isEmpty() || arguments.stream().allMatch(word -> word.startsWith("-"));
    }

    /** The agent that it is for, where there are two. */
    public String cluster() {
      return json.at("cluster").text();
    }

    public int exit() {
      return (int) json.at("exit").whole();
    }

    public String out() {
      return json.at("stdout").text();
    }

    public String err() {
      return json.at("stderr").text();
    }
  }

  /** Reads one from the resources. */
  public static Recording load(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            Recording.class.getResourceAsStream("/conformance/" + name + ".jsonl"))) {
      List<Value> all =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(JsonText::parse)
              .toList();
      List<Line> lines =
          all.stream().filter(line -> !line.at("argv").isNothing()).map(Line::new).toList();
      return new Recording(name, all.get(0), lines);
    }
  }
}
