package io.hanse.cli.client;

import io.hanse.http.json.GoDuration;
import java.util.regex.Pattern;

/** What to do where a server's words are Consul's, and say no more than what went wrong. */
public final class NextStep {
  private static final String UNLED = "(No cluster leader)";

  private static final String OF_UNLED =
      "A majority of the servers has to run and to reach each other: hanse members shows which run,"
          + " their logs what they wait for.\n"
          + "Reads that take -stale are answered all the same, of what the server asked has stored.";

  private static final Pattern NO_DURATION =
      Pattern.compile("time: (unknown unit|missing unit in duration|invalid duration) ");

  private NextStep() {}

  /** A failure's text, with what to do behind it where that is known. */
  public static String behind(String text) {
    if (text.contains(UNLED)) {
      return text.stripTrailing() + "\n" + OF_UNLED;
    }
    boolean isSaid = text.contains(GoDuration.EXPECTED);
    return !isSaid && NO_DURATION.matcher(text).find()
        ? text.stripTrailing() + "\nOf a span of time " + GoDuration.EXPECTED
        : text;
  }
}
