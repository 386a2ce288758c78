package io.hanse.raft;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Attempt;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership.Standing;
import io.hanse.fsm.port.ServerCall;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Questions by name: to the leader, answered here while this server leads, and to a server that is
 * named, answered here always.
 */
public final class LeaderCalls implements LeaderCall, ServerCall {
  private final LeaderStanding standing;
  private final LeaderRoute route;
  private final PeerCalls peers;
  private final Map<String, Function<ByteString, CompletableFuture<ByteString>>> handlers =
      new ConcurrentHashMap<>();

  private final Map<String, Function<ByteString, CompletableFuture<ByteString>>> ownHandlers =
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
  public void serveHere(String name, Function<ByteString, CompletableFuture<ByteString>> handler) {
    if (ownHandlers.putIfAbsent(name, handler) != null) {
      throw new IllegalStateException("server call \"" + name + "\" is served twice");
    }
  }

  @Override
  public CompletableFuture<ByteString> callServer(
      String raftId, String name, ByteString request, Duration patience) {
    return raftId.equals(standing.self())
        ? answer(name, request)
        : peers.ask(raftId, name, request, patience);
  }

  @Override
  public CompletableFuture<ByteString> call(String name, ByteString request, Duration patience) {
    return call(name, term -> request, patience);
  }

  /**
   * @param request the question to the leader of a term: asked again, it may be another
   */
  CompletableFuture<ByteString> call(
      String name, LongFunction<ByteString> request, Duration patience) {
    return route.ask(
        patience,
        leader -> {
          Standing now = standing.standing();
          if (!now.leader().equals(Optional.of(leader))) {
            return CompletableFuture.failedFuture(Problems.notLeader());
          }
          ByteString question = request.apply(now.term());
          if (leader.equals(standing.self())) {
            return answer(name, question);
          }
          CompletableFuture<ByteString> asked = peers.ask(leader, name, question, patience);
          standing.abandonWhenReplaced(leader, asked);
          return asked;
        });
  }

  /**
   * Who seems to lead is asked for a point to read at first, which may be asked again: so neither a
   * leader that is gone nor one that leads no more is the one who is asked.
   */
  @Override
  public CompletableFuture<ByteString> callOnce(
      String name, ByteString request, Duration patience) {
    return route.askOnce(
        patience,
        leader -> {
          if (leader.equals(standing.self())) {
            return CompletableFuture.completedFuture(0L);
          }
          CompletableFuture<Long> confirmed = peers.readPoint(leader, false, patience);
          standing.abandonWhenReplaced(leader, confirmed);
          return confirmed;
        },
        leader ->
            leader.equals(standing.self())
                ? answer(name, request)
                : peers.ask(leader, name, request, patience));
  }

  /** Answers a call that arrived here. */
  CompletableFuture<ByteString> answer(String name, ByteString request) {
    Function<ByteString, CompletableFuture<ByteString>> own = ownHandlers.get(name);
    if (own != null) {
      return answer(own, request);
    }
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
    return answer(handler, request);
  }

  private static CompletableFuture<ByteString> answer(
      Function<ByteString, CompletableFuture<ByteString>> handler, ByteString request) {
    return Attempt.of(() -> handler.apply(request));
  }
}
