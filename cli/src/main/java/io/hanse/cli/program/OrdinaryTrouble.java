package io.hanse.cli.program;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;

/**
 * Keeps from the log what Ratis warns of whenever a cluster begins, elects, or a server of it
 * stops: nobody has to do anything about it, and who leads and who is silent is told in our own
 * words. All of it is there where the level is DEBUG.
 */
final class OrdinaryTrouble extends Filter<ILoggingEvent> {
  private static final String LIBRARY = "org.apache.ratis.";

  /** What the calls of servers end with that stop, or have just stopped. */
  private static final String STOPPING = "ServerNotReadyException";

  /** What a leader who lost its leadership says of each of the others. */
  private static final String OF_EACH = "Follower ";

  private static final List<String> TEXTS =
      List.of(
          // The first leader of a new cluster takes in the other two.
          "Try to add/replace a majority of servers",
          // A vote that is out of date already.
          "Failed to recognize ",
          "Lost leadership on term",
          "Failed to startLeaderElection for",
          "APPEND_ENTRIES onError",
          STOPPING);

  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean isOrdinary = event.getLoggerName().startsWith(LIBRARY) && isKnown(event);
    return isOrdinary ? FilterReply.DENY : FilterReply.NEUTRAL;
  }

  private static boolean isKnown(ILoggingEvent event) {
    boolean isOfStopping =
        event.getThrowableProxy() != null
            && event.getThrowableProxy().getClassName().endsWith(STOPPING);
    String text = event.getFormattedMessage();
    return isOfStopping || text.startsWith(OF_EACH) || TEXTS.stream().anyMatch(text::contains);
  }
}
