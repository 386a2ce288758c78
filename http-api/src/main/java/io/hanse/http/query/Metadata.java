package io.hanse.http.query;

import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.port.StateReader.Level;
import io.hanse.http.exchange.Answer;
import java.util.Map;
import java.util.TreeMap;

/** The headers that say how old an answer is and where to wait on. */
public enum Metadata {
  /** Index, age, and whether there is a leader. */
  PLAIN,
  /** The level of consistency besides. */
  WITH_CONSISTENCY,
  /** Only its age and whether there is a leader: nobody can wait for it to change. */
  WITHOUT_INDEX,
  /** Only where to wait on. */
  ONLY_INDEX,
  /** None: the answer is of this moment. */
  NONE;

  private static final String INDEX = "X-Consul-Index";
  private static final String KNOWN_LEADER = "X-Consul-Knownleader";
  private static final String LAST_CONTACT = "X-Consul-Lastcontact";

  /** The longest time that Consul's clients can count, in nanoseconds: for "never". */
  private static final long LONGEST_MILLIS = Long.MAX_VALUE / 1_000_000;

  private static final String BACKEND = "X-Consul-Query-Backend";
  private static final String CONSISTENCY = "X-Consul-Effective-Consistency";

  /** The answer with its headers, if it is one of those that have them. */
  Answer on(Answer answer, long index, Freshness freshness, Level level) {
    return answer.hasMetadata() ? answer.with(headers(index, freshness, level)) : answer;
  }

  /** Clients take an index of 0 for none at all: the least is 1. */
  public Map<String, String> headers(long index, Freshness freshness, Level level) {
    Map<String, String> headers = new TreeMap<>();
    if (this == NONE) {
      return headers;
    }
    if (this == ONLY_INDEX) {
      headers.put(INDEX, Long.toUnsignedString(index == 0 ? 1 : index));
      return headers;
    }
    headers.put(KNOWN_LEADER, Boolean.toString(freshness.knownLeader()));
    headers.put(
        LAST_CONTACT, Long.toString(Math.min(freshness.lastContactMillis(), LONGEST_MILLIS)));
    if (this == WITHOUT_INDEX) {
      return headers;
    }
    headers.put(INDEX, Long.toUnsignedString(index == 0 ? 1 : index));
    headers.put(BACKEND, "blocking-query");
    if (this == WITH_CONSISTENCY) {
      headers.put(CONSISTENCY, word(level));
    }
    return headers;
  }

  /** The name that Consul has for a level. */
  public static String word(Level level) {
    return switch (level) {
      case STALE -> "stale";
      case DEFAULT -> "leader";
      case CONSISTENT -> "consistent";
    };
  }

  /** Of a read that never got to the state: where Consul sends the headers all the same. */
  public Map<String, String> headersUnread() {
    Freshness unknown = new Freshness(false, 0);
    return switch (this) {
      case WITH_CONSISTENCY -> PLAIN.headers(1, unknown, Level.DEFAULT);
      case WITHOUT_INDEX -> headers(1, unknown, Level.DEFAULT);
      case PLAIN, ONLY_INDEX, NONE -> Map.of();
    };
  }
}
