package io.hanse.raft.transport;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.hanse.fsm.row.CommandResult;
import io.hanse.raft.Problems;
import io.hanse.raft.ServerRequests;
import io.hanse.raft.transport.proto.Envelope;
import io.hanse.raft.transport.proto.ForwardReply;
import io.hanse.raft.transport.proto.ForwardRequest;
import io.hanse.raft.transport.proto.Refusal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The leader's end of a stream of forwarded commands. Answers go out as they come; the other end
 * bounds how many are open.
 */
final class ForwardedCommands implements StreamObserver<ForwardRequest> {
  private final ServerRequests requests;
  private final Consumer<Envelope> check;
  private final ServerCallStreamObserver<ForwardReply> replies;
  private boolean isChecked;

  ForwardedCommands(
      ServerRequests requests, Consumer<Envelope> check, StreamObserver<ForwardReply> replies) {
    this.requests = requests;
    this.check = check;
    this.replies = (ServerCallStreamObserver<ForwardReply>) replies;
    // Without a handler a cancelled stream would throw at the next answer.
    this.replies.setOnCancelHandler(() -> {});
  }

  @Override
  public void onNext(ForwardRequest request) {
    if (!isChecked) {
      try {
        check.accept(request.getEnvelope());
      } catch (RuntimeException e) {
        replies.onError(Statuses.of(e));
        return;
      }
      isChecked = true;
    }
    requests
        .forward(request.getEntry(), request.getPatienceMillis())
        .whenComplete((result, failure) -> reply(request.getCall(), result, failure));
  }

  private void reply(long call, @Nullable CommandResult result, @Nullable Throwable failure) {
    ForwardReply.Builder reply = ForwardReply.newBuilder().setCall(call);
    if (result != null) {
      reply.setResult(result);
    } else {
      Throwable cause = failure == null ? Problems.commitUnknown() : Problems.cause(failure);
      reply.setRefusal(
          Refusal.newBuilder()
              .setProblem(Problems.code(cause).number())
              .setMessage(String.valueOf(cause.getMessage())));
    }
    synchronized (replies) {
      if (!replies.isCancelled()) {
        replies.onNext(reply.build());
      }
    }
  }

  @Override
  public void onError(Throwable failure) {
    // The other end is gone; what it sent is in the log or not, as it will find out.
  }

  @Override
  public void onCompleted() {
    synchronized (replies) {
      if (!replies.isCancelled()) {
        replies.onCompleted();
      }
    }
  }
}
