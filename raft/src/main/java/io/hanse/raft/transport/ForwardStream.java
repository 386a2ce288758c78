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
import io.hanse.raft.transport.proto.ServerServiceGrpc;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The follower's end of a stream of commands to one leader. When it breaks, the outcome of all that
 * is open is unknown, and a new stream has to be made.
 */
final class ForwardStream implements StreamObserver<ForwardReply> {
  private record Open(int bytes, CompletableFuture<CommandResult> answer) {}

  private static final int OPEN_CALLS = 8192;
  private static final int OPEN_BYTES = 16 << 20;

  private final Map<Long, Open> open = new ConcurrentHashMap<>();
  private final AtomicLong openBytes = new AtomicLong();
  private final StreamObserver<ForwardRequest> requests;
  private final Envelope envelope;
  private long calls;
  private volatile boolean isBroken;

  ForwardStream(ServerServiceGrpc.ServerServiceStub stub, Envelope envelope) {
    this.envelope = envelope;
    this.requests = stub.forward(this);
  }

  boolean isBroken() {
    return isBroken;
  }

  CompletableFuture<CommandResult> send(Entry entry, long patienceMillis) {
    int bytes = entry.getSerializedSize();
    if (open.size() >= OPEN_CALLS || openBytes.get() + bytes > OPEN_BYTES) {
      return CompletableFuture.failedFuture(
          new ProblemException(
              ProblemCode.OVERLOADED, "too many commands are on their way to the leader"));
    }
    Open sent = new Open(bytes, new CompletableFuture<>());
    ForwardRequest.Builder request =
        ForwardRequest.newBuilder()
            .setEntry(entry)
            .setPatienceMillis((int) Math.min(patienceMillis, Integer.MAX_VALUE));
    synchronized (this) {
      if (isBroken) {
        // Not handed to the stream: a plain no.
        return CompletableFuture.failedFuture(Problems.notLeader());
      }
      calls++;
      open.put(calls, sent);
      openBytes.addAndGet(bytes);
      if (calls == 1) {
        request.setEnvelope(envelope);
      }
      requests.onNext(request.setCall(calls).build());
    }
    return sent.answer;
  }

  @Override
  public void onNext(ForwardReply reply) {
    Open answered = open.remove(reply.getCall());
    if (answered == null) {
      return;
    }
    openBytes.addAndGet(-answered.bytes);
    if (reply.hasResult()) {
      answered.answer.complete(reply.getResult());
    } else {
      answered.answer.completeExceptionally(
          new ProblemException(
              ProblemCode.of(reply.getRefusal().getProblem()), reply.getRefusal().getMessage()));
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
    synchronized (this) {
      isBroken = true;
    }
    open.values().forEach(sent -> sent.answer.completeExceptionally(Problems.commitUnknown()));
    open.clear();
  }
}
