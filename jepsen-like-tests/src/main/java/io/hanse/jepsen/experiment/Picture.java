package io.hanse.jepsen.experiment;

import io.hanse.jepsen.workload.Pulse.Beat;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** Draws a run as SVG: what clients felt in each second, and the faults in the background. */
final class Picture {
  private static final int WIDTH = 1000;
  private static final int LEFT = 70;
  private static final int RIGHT = 15;
  private static final int TOP = 45;
  private static final int PANEL = 170;
  private static final int GAP = 40;
  private static final int HEIGHT = TOP + 2 * PANEL + GAP + 35;
  private static final double NANOS_PER_MILLI = 1e6;

  private static final String ANSWERED = "#1a5fb4";
  private static final String FAILED = "#c01c28";
  private static final String SLOWEST = "#e5a50a";

  private final Result result;
  private final List<Beat> beats;
  private final double step;
  private final StringBuilder svg = new StringBuilder();

  private Picture(Result result) {
    this.result = result;
    beats = result.pulse().beats();
    step = (double) (WIDTH - LEFT - RIGHT) / Math.max(1, beats.size());
  }

  static String of(Result result) {
    return new Picture(result).draw();
  }

  private String draw() {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"12\">%n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    int times = TOP + PANEL + GAP;
    faults();
    requests(TOP);
    times(times);
    seconds(times + PANEL);
    return svg.append("</svg>\n").toString();
  }

  private void faults() {
    int number = 1;
    for (Result.Fault fault : result.faults()) {
      for (int top : new int[] {TOP, TOP + PANEL + GAP}) {
        shade(fault, fault.from(), fault.until(), top, "#f2b8b5");
        shade(fault, fault.until(), fault.well(), top, "#fbe9e7");
      }
      text(x(fault.from()) + 2, TOP - 5, "start", "#5e5c64", Integer.toString(number++));
    }
  }

  private void shade(Result.Fault fault, int from, int until, int top, String colour) {
    add(
        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>%s</title></rect>%n",
        x(from), top, (until - from) * step, PANEL, colour, escaped(fault.what()));
  }

  /** From nothing to the most. */
  private void requests(int top) {
    double most = 1;
    for (Beat beat : beats) {
      most = Math.max(most, Math.max(beat.answered(), beat.failed()));
    }
    double unit = Math.pow(10, Math.floor(Math.log10(most)));
    double mark = most / unit > 5 ? 2 * unit : most / unit > 2 ? unit : unit / 2;
    double max = most * 1.05;
    DoubleUnaryOperator height = value -> value / max * PANEL;
    for (double value = 0; value <= max; value += mark) {
      grid(top, height.applyAsDouble(value), format("%.0f", value));
    }
    curve(top, ANSWERED, Beat::answered, height);
    curve(top, FAILED, Beat::failed, height);
    legend(top, ANSWERED, "requests/s that were answered", LEFT);
    legend(top, FAILED, "that were not", LEFT + 250);
  }

  /** A tenth of a millisecond to ten seconds, each ten times the one before. */
  private void times(int top) {
    DoubleUnaryOperator height =
        millis ->
            millis == 0
                ? Double.NaN
                : Math.min(1, Math.max(0, (Math.log10(millis) + 1) / 5)) * PANEL;
    for (int power = -1; power <= 4; power++) {
      double millis = Math.pow(10, power);
      grid(top, height.applyAsDouble(millis), format(power < 0 ? "%.1f" : "%.0f", millis));
    }
    curve(top, SLOWEST, beat -> beat.slowestNanos() / NANOS_PER_MILLI, height);
    curve(top, ANSWERED, beat -> beat.meanNanos() / NANOS_PER_MILLI, height);
    legend(top, ANSWERED, "milliseconds to an answer, mean", LEFT);
    legend(top, SLOWEST, "slowest", LEFT + 250);
  }

  private void grid(int top, double height, String label) {
    double y = top + PANEL - height;
    add(
        "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#000000\""
            + " stroke-opacity=\"0.12\"/>%n",
        LEFT, y, WIDTH - RIGHT, y);
    text(LEFT - 6, y + 4, "end", "#5e5c64", label);
  }

  /** What there is nothing of, as a time of no answer, leaves a gap. */
  private void curve(
      int top, String colour, ToDoubleFunction<Beat> value, DoubleUnaryOperator height) {
    add("<path fill=\"none\" stroke-width=\"1.3\" stroke=\"%s\" d=\"", colour);
    boolean isBroken = true;
    for (int second = 0; second < beats.size(); second++) {
      double at = height.applyAsDouble(value.applyAsDouble(beats.get(second)));
      if (Double.isFinite(at)) {
        add("%s%.1f,%.1f ", isBroken ? "M" : "L", x(second + 0.5), top + PANEL - at);
      }
      isBroken = !Double.isFinite(at);
    }
    add("\"/>%n");
  }

  private void legend(int top, String colour, String words, int left) {
    int y = top == TOP ? 18 : top - 12;
    add(
        "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke-width=\"3\" stroke=\"%s\"/>%n",
        left, y - 4, left + 18, y - 4, colour);
    text(left + 24, y, "start", "#241f31", words);
  }

  private void seconds(int y) {
    int apart = 10;
    while (apart * step < 60) {
      apart *= apart % 3 == 0 ? 2 : 3;
    }
    for (int second = 0; second <= beats.size(); second += apart) {
      text(x(second), y + 18, "middle", "#5e5c64", second + " s");
    }
  }

  private void text(double x, double y, String anchor, String colour, String words) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
        x, y, anchor, colour, escaped(words));
  }

  private double x(double second) {
    return LEFT + second * step;
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private void add(String form, Object... values) {
    svg.append(format(form, values));
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
