package io.hanse.peering.dataplane;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.View;
import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.WatchedQuery;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * The questions to the state that make up what one proxy is told, and the newest index under what
 * they read. Used on its loop only.
 */
final class ProxyQueries {
  private final Loop loop;
  private final StateReader state;
  private final LongConsumer sink;
  private long newest;

  /**
   * Nothing is asked yet.
   *
   * @param sink told the newest index under all that was read, before anything of it is used
   */
  ProxyQueries(Loop loop, StateReader state, LongConsumer sink) {
    this.loop = loop;
    this.state = state;
    this.sink = sink;
  }

  /** As {@link WatchedQuery#start}. */
  <T> WatchedQuery<T> start(Function<View, T> question, Consumer<T> answers) {
    return WatchedQuery.start(loop, state, noted(question), answers);
  }

  /** As {@link WatchedQuery#of}. */
  <T> WatchedQuery<T> of(Function<View, T> question, Consumer<T> answers) {
    return WatchedQuery.of(loop, state, noted(question), answers);
  }

  /**
   * As {@link WatchedQuery#first}. Where there is no answer now, what was to be told with it would
   * be untrue: it is not told by halves, but all of it once more.
   *
   * @throws ProblemException OVERLOADED; the query is closed
   */
  static <T> T first(WatchedQuery<T> query) {
    Optional<T> answer = query.first();
    if (answer.isEmpty()) {
      query.close();
      throw new ProblemException(ProblemCode.OVERLOADED, "the state can't be looked at now");
    }
    return answer.get();
  }

  private <T> Function<View, T> noted(Function<View, T> question) {
    return view -> {
      T answer = question.apply(view);
      long index = view.readIndex();
      if (index > newest) {
        newest = index;
        sink.accept(index);
      }
      return answer;
    };
  }
}
