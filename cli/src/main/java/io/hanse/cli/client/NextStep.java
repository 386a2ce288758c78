package io.hanse.cli.client;

/** What to do where a server knew of no leader: its own words are Consul's, and say no more. */
public final class NoLeader {
  private static final String REFUSAL = "No cluster leader";

  private static final String NEXT =
      "A majority of the servers has to run and to reach each other: hanse members shows which run,"
          + " their logs what they wait for.\n"
          + "Reads that take -stale are answered all the same, of what the server asked has stored.";

  private NoLeader() {}

  /** A failure's text, with what to do where it is of that kind. */
  public static String explained(String text) {
    return text.contains("(" + REFUSAL + ")") ? text.stripTrailing() + "\n" + NEXT : text;
  }
}
