package io.hanse.raft.transport;

import io.grpc.stub.StreamObserver;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.raft.Problems;
import io.hanse.raft.transport.proto.Envelope;
import io.hanse.raft.transport.proto.ForwardReply;
import io.hanse.raft.transport.proto.ForwardRequest;
import io.hanse.raft.transport.proto.ForwardedAnswer;
import io.hanse.raft.transport.proto.ForwardedCommand;
import io.hanse.raft.transport.proto.ServerServiceGrpc;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The follower's end of a stream of commands to one leader. Commands that come together travel in
 * one message. When the stream breaks, the outcome of all that was sent is unknown, what still
 * waited was not written, and a new stream has to be made.
 */
final class ForwardStream implements StreamObserver<ForwardReply> {
  private record Open(
      long call,
      Entry entry,
      int bytes,
      long patienceMillis,
      CompletableFuture<CommandResult> answer) {}

  private static final int OPEN_CALLS = 8192;
  private static final int OPEN_BYTES = 16 << 20;

  /** Where a message stops, unless its first command is larger. */
  private static final int MESSAGE_COMMANDS = 1024;

  private static final int MESSAGE_BYTES = 1 << 20;

  private final StreamObserver<ForwardRequest> requests;
  private final Envelope envelope;
  private final Executor completer;

  // All below is guarded by this.
  private final Map<Long, Open> sent = new HashMap<>();
  private final Queue<Open> waiting = new ArrayDeque<>();
  private long openBytes;
  private long calls;
  private boolean isBegun;
  private boolean isBroken;

  /** The completer will look at the queue: once for all that come until it does. */
  private boolean isSendDue;

  /**
   * @param completer where commands that come together are sent together
   */
  ForwardStream(ServerServiceGrpc.ServerServiceStub stub, Envelope envelope, Executor completer) {
    this.envelope = envelope;
    this.completer = completer;
    this.requests = stub.forward(this);
  }

  synchronized boolean isBroken() {
    return isBroken;
  }

  CompletableFuture<CommandResult> send(Entry entry, long patienceMillis) {
    int bytes = entry.getSerializedSize();
    CompletableFuture<CommandResult> answer = new CompletableFuture<>();
    boolean isToSend;
    synchronized (this) {
      if (isBroken) {
        // Not handed to the stream: a plain no.
        return CompletableFuture.failedFuture(Problems.notLeader());
      }
      if (sent.size() + waiting.size() >= OPEN_CALLS || openBytes + bytes > OPEN_BYTES) {
        return CompletableFuture.failedFuture(
            new ProblemException(
                ProblemCode.OVERLOADED, "too many commands are on their way to the leader"));
      }
      boolean isAlone = sent.isEmpty() && waiting.isEmpty();
      waiting.add(new Open(++calls, entry, bytes, patienceMillis, answer));
      openBytes += bytes;
      if (isAlone) {
        // Nobody to wait for: it takes no detour over another thread.
        sendMessage();
      }
      isToSend = !isAlone && !isSendDue;
      isSendDue |= isToSend;
    }
    if (isToSend) {
      completer.execute(this::sendAll);
    }
    return answer;
  }

  private synchronized void sendAll() {
    isSendDue = false;
    while (!waiting.isEmpty()) {
      sendMessage();
    }
  }

  /** What has come so far, or as much of it as a message takes. */
  private void sendMessage() {
    ForwardRequest.Builder request = ForwardRequest.newBuilder();
    int bytes = 0;
    for (Open next = waiting.peek(); next != null; next = waiting.peek()) {
      boolean isFull =
          request.getCommandsCount() >= MESSAGE_COMMANDS
              || (bytes > 0 && bytes + next.bytes > MESSAGE_BYTES);
      if (isFull) {
        break;
      }
      waiting.remove();
      sent.put(next.call, next);
      bytes += next.bytes;
      request.addCommands(
          ForwardedCommand.newBuilder()
              .setCall(next.call)
              .setEntry(next.entry)
              .setPatienceMillis((int) Math.min(next.patienceMillis, Integer.MAX_VALUE)));
    }
    if (!isBegun) {
      isBegun = true;
      request.setEnvelope(envelope);
    }
    requests.onNext(request.build());
  }

  @Override
  public void onNext(ForwardReply reply) {
    for (ForwardedAnswer answer : reply.getAnswersList()) {
      Open answered;
      synchronized (this) {
        answered = sent.remove(answer.getCall());
        openBytes -= answered == null ? 0 : answered.bytes;
      }
      if (answered != null) {
        complete(answered.answer, answer);
      }
    }
  }

  private static void complete(CompletableFuture<CommandResult> of, ForwardedAnswer answer) {
    if (answer.hasResult()) {
      of.complete(answer.getResult());
    } else {
      of.completeExceptionally(
          new ProblemException(
              ProblemCode.of(answer.getRefusal().getProblem()), answer.getRefusal().getMessage()));
    }
  }

  @Override
  public void onError(Throwable failure) {
    breakOff();
  }

  @Override
  public void onCompleted() {
    breakOff();
  }

  /** Gives the stream up: the server at its end leads no more, or is gone. */
  void cancel() {
    breakOff();
    synchronized (this) {
      requests.onError(io.grpc.Status.CANCELLED.asRuntimeException());
    }
  }

  private void breakOff() {
    List<Open> unknown;
    List<Open> unsent;
    synchronized (this) {
      isBroken = true;
      unknown = List.copyOf(sent.values());
      unsent = List.copyOf(waiting);
      sent.clear();
      waiting.clear();
    }
    unknown.forEach(open -> open.answer.completeExceptionally(Problems.commitUnknown()));
    unsent.forEach(open -> open.answer.completeExceptionally(Problems.notLeader()));
  }
}
