package io.hanse.raft.transport;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.hanse.fsm.row.CommandResult;
import io.hanse.raft.Problems;
import io.hanse.raft.ServerRequests;
import io.hanse.raft.transport.proto.Envelope;
import io.hanse.raft.transport.proto.ForwardReply;
import io.hanse.raft.transport.proto.ForwardRequest;
import io.hanse.raft.transport.proto.ForwardedAnswer;
import io.hanse.raft.transport.proto.ForwardedCommand;
import io.hanse.raft.transport.proto.Refusal;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The leader's end of a stream of forwarded commands. Answers go out as they come, in one message
 * those that come together; the other end bounds how many are open.
 */
final class ForwardedCommands implements StreamObserver<ForwardRequest> {
  /** Where a message stops, unless its first answer is larger. */
  private static final int MESSAGE_BYTES = 1 << 20;

  private final ServerRequests requests;
  private final Consumer<Envelope> check;
  private final ServerCallStreamObserver<ForwardReply> replies;
  private final Executor completer;
  private boolean isChecked;

  // Guarded by replies.
  private ForwardReply.Builder next = ForwardReply.newBuilder();
  private long nextBytes;
  private boolean isSendDue;
  private boolean isEnded;

  /**
   * @param completer where answers are given: what follows there goes out after a whole batch
   */
  ForwardedCommands(
      ServerRequests requests,
      Consumer<Envelope> check,
      StreamObserver<ForwardReply> replies,
      Executor completer) {
    this.requests = requests;
    this.check = check;
    this.replies = (ServerCallStreamObserver<ForwardReply>) replies;
    this.completer = completer;
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
    for (ForwardedCommand command : request.getCommandsList()) {
      requests
          .forward(command.getEntry(), command.getPatienceMillis())
          .whenComplete((result, failure) -> reply(command.getCall(), result, failure));
    }
  }

  private void reply(long call, @Nullable CommandResult result, @Nullable Throwable failure) {
    ForwardedAnswer.Builder filling = ForwardedAnswer.newBuilder().setCall(call);
    if (result != null) {
      filling.setResult(result);
    } else {
      Throwable cause = failure == null ? Problems.commitUnknown() : Problems.cause(failure);
      filling.setRefusal(
          Refusal.newBuilder()
              .setProblem(Problems.code(cause).number())
              .setMessage(String.valueOf(cause.getMessage())));
    }
    ForwardedAnswer answer = filling.build();
    boolean isToSend;
    synchronized (replies) {
      int bytes = answer.getSerializedSize();
      if (nextBytes > 0 && nextBytes + bytes > MESSAGE_BYTES) {
        sendNext();
      }
      next.addAnswers(answer);
      nextBytes += bytes;
      isToSend = !isSendDue;
      isSendDue = true;
    }
    if (isToSend) {
      completer.execute(this::send);
    }
  }

  private void send() {
    synchronized (replies) {
      isSendDue = false;
      sendNext();
    }
  }

  private void sendNext() {
    ForwardReply reply = next.build();
    next = ForwardReply.newBuilder();
    nextBytes = 0;
    if (!isEnded && !replies.isCancelled()) {
      replies.onNext(reply);
    }
  }

  @Override
  public void onError(Throwable failure) {
    // The other end is gone; what it sent is in the log or not, as it will find out.
  }

  @Override
  public void onCompleted() {
    synchronized (replies) {
      isEnded = true;
      if (!replies.isCancelled()) {
        replies.onCompleted();
      }
    }
  }
}
