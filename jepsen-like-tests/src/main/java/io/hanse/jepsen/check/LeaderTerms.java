package io.hanse.jepsen.check;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Judges by what servers say of their elections that no term had two leaders: a second one, be it
 * the same server once more, means that somebody forgot whom it voted for.
 */
public final class LeaderTerms {
  private static final Pattern BECAME =
      Pattern.compile("changes role from +CANDIDATE to LEADER at term (\\d+) ");

  private final TreeMap<Long, List<String>> leaders = new TreeMap<>();

  /** Takes what a server said, in all its lives. */
  public void add(String server, List<String> lines) {
    for (String line : lines) {
      Matcher became = BECAME.matcher(line);
      if (became.find()) {
        leaders
            .computeIfAbsent(Long.parseLong(became.group(1)), term -> new ArrayList<>())
            .add(server);
      }
    }
  }

  /** How many terms had a leader. */
  public int count() {
    return leaders.size();
  }

  /** The last term that had a leader; 0 if none had. */
  public long last() {
    return leaders.isEmpty() ? 0 : leaders.lastKey();
  }

  /** How often somebody became leader in that term or a later one. */
  public int electionsSince(long term) {
    return leaders.tailMap(term).values().stream().mapToInt(List::size).sum();
  }

  /** The terms that had more than one, in words. */
  public List<String> faults() {
    return leaders.entrySet().stream()
        .filter(term -> term.getValue().size() > 1)
        .map(term -> "term " + term.getKey() + " had the leaders " + term.getValue())
        .toList();
  }
}
