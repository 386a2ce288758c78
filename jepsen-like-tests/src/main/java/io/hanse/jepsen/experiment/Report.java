package io.hanse.jepsen.experiment;

import io.hanse.jepsen.workload.Pulse.Beat;
import java.util.List;
import java.util.Locale;

/** Writes of a run what people read: a page in Markdown with a picture in SVG. */
public final class Report {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 150;
  private static final int LEFT = 60;
  private static final double NANOS_PER_MILLI = 1e6;

  private Report() {}

  /**
   * The page.
   *
   * @param picture name of the file with the picture, beside the page
   */
  public static String page(Result result, String picture) {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Faults, seed %d: %s

        %d servers, %d faults of %d s with %d s between them. %d requests were answered, %d were not.

        ![Answers and slowest answer of each second; faults are shaded](%s)

        | Workload | Judged | Verdict |
        |---|---|---|
        """
            .formatted(
                result.plan().seed(),
                result.isGood() ? "good" : "NOT GOOD",
                result.plan().servers(),
                result.faults().size(),
                result.plan().fault().toSeconds(),
                result.plan().calm().toSeconds(),
                result.pulse().answered(),
                result.pulse().failed(),
                picture));
    for (Result.Judgement each : result.judgements()) {
      String verdict =
          each.verdict().isVoid()
              ? "void"
              : each.verdict().faults().isEmpty()
                  ? "good"
                  : "wrong: " + each.verdict().faults().get(0);
      page.append(
          "| %s | %s | %s |%n".formatted(each.workload(), each.verdict().counts(), verdict));
    }
    page.append("\n| At | Fault | Felt | All answer again after its end |\n|---|---|---|---|\n");
    for (Result.Fault fault : result.faults()) {
      page.append(
          "| %d s | %s | %s | %d s |%n"
              .formatted(
                  fault.from(),
                  fault.what(),
                  fault.isFelt() ? "yes" : "NO",
                  fault.well() - fault.until()));
    }
    return page.toString();
  }

  /** Two curves over the seconds of the run: answers, and the slowest answer. */
  public static String picture(Result result) {
    List<Beat> beats = result.pulse().beats();
    double[] answers = beats.stream().mapToDouble(Beat::answered).toArray();
    double[] slowest =
        beats.stream().mapToDouble(b -> b.slowestNanos() / NANOS_PER_MILLI).toArray();
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        %s%s</svg>
        """
        .formatted(
            WIDTH,
            2 * HEIGHT + 20,
            curve("answers/s", answers, result, 0),
            curve("slowest, ms", slowest, result, HEIGHT + 20));
  }

  private static String curve(String title, double[] values, Result result, int top) {
    double max = 1;
    for (double value : values) {
      max = Math.max(max, value);
    }
    double step = (double) (WIDTH - LEFT) / Math.max(1, values.length);
    int bottom = top + HEIGHT - 5;
    int height = HEIGHT - 25;
    StringBuilder svg = new StringBuilder();
    for (Result.Fault fault : result.faults()) {
      svg.append(
          format(
              "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#f4c7c3\">"
                  + "<title>%s</title></rect>%n",
              LEFT + fault.from() * step,
              bottom - height,
              Math.max(1, (fault.until() - fault.from()) * step),
              height,
              fault.what()));
    }
    svg.append("<polyline fill=\"none\" stroke=\"#1a5fb4\" points=\"");
    for (int i = 0; i < values.length; i++) {
      svg.append(format("%.1f,%.1f ", LEFT + i * step, bottom - values[i] / max * height));
    }
    svg.append(format("\"/>%n<text x=\"%d\" y=\"%d\">%s</text>%n", LEFT, top + 14, title));
    svg.append(format("<text x=\"2\" y=\"%d\">%.0f</text>%n", bottom - height + 10, max));
    svg.append(format("<text x=\"2\" y=\"%d\">0</text>%n", bottom));
    return svg.toString();
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
