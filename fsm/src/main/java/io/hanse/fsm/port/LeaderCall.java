package io.hanse.fsm.port;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Asks the leader for what only it knows. Names are registered by the module that owns the answer.
 */
public interface LeaderCall {
  /** Answers calls by this name while this server leads. */
  void serve(String name, Function<ByteString, CompletableFuture<ByteString>> handler);

  /**
   * Calls the leader, which may be this server. A {@link io.hanse.fsm.error.ProblemException} of
   * the handler arrives with its code and text; {@code NO_LEADER} and {@code DEADLINE_EXCEEDED} are
   * ours. Only for what may be asked twice: where the leader changes, the next one is asked, too.
   */
  CompletableFuture<ByteString> call(String name, ByteString request, Duration patience);

  /**
   * The same for what must not be done twice: waits for a leader, and asks one, once. {@code
   * COMMIT_UNKNOWN} says that no answer came.
   */
  CompletableFuture<ByteString> callOnce(String name, ByteString request, Duration patience);
}
