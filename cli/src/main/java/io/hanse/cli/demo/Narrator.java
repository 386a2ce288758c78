package io.hanse.cli.demo;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tells what happens: line by line for people, or one JSON object per step. */
final class Narrator {
  private final PrintStream out;
  private final boolean json;
  private final List<Value> actions = new ArrayList<>();
  private String title = "";
  private int number;
  private long startNanos;

  Narrator(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** A line between the steps; not for machines. */
  void tell(String line) {
    if (!json) {
      out.print(line + "\n");
      out.flush();
    }
  }

  void begin(String step) {
    number++;
    title = step;
    startNanos = System.nanoTime();
    actions.clear();
    tell("");
    tell(number + ". " + title);
  }

  /** What is done, as a user would type it, and what came of it; "" for nothing to show. */
  void did(String command, String result) {
    tell("    $ " + command);
    result.stripTrailing().lines().forEach(line -> tell("      " + line));
    Map<String, Value> action = new LinkedHashMap<>();
    action.put("command", Value.of(command));
    action.put("result", Value.of(result.stripTrailing()));
    actions.add(new Value.Fields(action));
  }

  /** What was seen. */
  void saw(String line) {
    tell("    " + line);
    actions.add(new Value.Fields(Map.of("seen", Value.of(line))));
  }

  void succeed() {
    end(true, "", List.of());
  }

  void fail(String reason, List<String> explanation) {
    end(false, reason, explanation);
  }

  private void end(boolean ok, String reason, List<String> explanation) {
    String seconds =
        String.format(Locale.ROOT, "%.1f", (System.nanoTime() - startNanos) / 1_000_000_000.0);
    tell((ok ? "✓ " : "✗ ") + number + ". " + title + " (" + seconds + " s)");
    if (!ok) {
      tell("  " + reason);
      explanation.forEach(line -> tell("  " + line));
    }
    if (json) {
      Map<String, Value> step = new LinkedHashMap<>();
      step.put("step", Value.of(number));
      step.put("title", Value.of(title));
      step.put("ok", Value.of(ok));
      step.put("seconds", new Value.Numeral(seconds));
      step.put("actions", new Value.Items(actions));
      if (!ok) {
        step.put("reason", Value.of(reason));
        step.put("explanation", Value.of(explanation));
      }
      out.print(JsonText.compact(new Value.Fields(step)) + "\n");
      out.flush();
    }
  }
}
