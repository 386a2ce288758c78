package io.hanse.cli.program;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.hanse.cli.agent.warmup.WarmUp;

/**
 * Keeps from the log what happens in a warm-up: the peers and streams that it tells of are none.
 */
final class WarmUpLines extends Filter<ILoggingEvent> {
  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean isOfPractice =
        event.getThreadName().equals(WarmUp.THREAD)
            && !event.getLoggerName().equals(WarmUp.class.getName());
    return isOfPractice ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
