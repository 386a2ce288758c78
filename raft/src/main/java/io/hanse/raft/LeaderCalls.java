package io.hanse.raft;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.LeaderCall;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Questions to the leader by name: asked here, and answered here while this server leads. */
public final class LeaderCalls implements LeaderCall {
  private final LeaderStanding standing;
  private final LeaderRoute route;
  private final PeerCalls peers;
  private final Map<String, Function<ByteString, CompletableFuture<ByteString>>> handlers =
      new ConcurrentHashMap<>();

  LeaderCalls(LeaderStanding standing, LeaderRoute route, PeerCalls peers) {
    this.standing = standing;
    this.route = route;
    this.peers = peers;
  }

  @Override
  public void serve(String name, Function<ByteString, CompletableFuture<ByteString>> handler) {
    if (handlers.putIfAbsent(name, handler) != null) {
      throw new IllegalStateException("leader call \"" + name + "\" is served twice");
    }
  }

  @Override
  public CompletableFuture<ByteString> call(String name, ByteString request, Duration patience) {
    return route.ask(
        patience,
        leader -> {
          if (leader.equals(standing.self())) {
            return answer(name, request);
          }
          CompletableFuture<ByteString> asked = peers.ask(leader, name, request, patience);
          standing.abandonWhenReplaced(leader, asked);
          return asked;
        });
  }

  /** Answers a call that arrived here. */
  CompletableFuture<ByteString> answer(String name, ByteString request) {
    if (!standing.standing().self()) {
      return CompletableFuture.failedFuture(Problems.notLeader());
    }
    Function<ByteString, CompletableFuture<ByteString>> handler = handlers.get(name);
    if (handler == null) {
      return CompletableFuture.failedFuture(
          new ProblemException(
              ProblemCode.NOT_FOUND,
              "the leader does not answer \"" + name + "\"; is it of another version?"));
    }
    try {
      return handler.apply(request);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
