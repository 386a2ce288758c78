package io.hanse.raft.transport;

import io.grpc.stub.StreamObserver;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Attempt;
import io.hanse.raft.Problems;
import io.hanse.raft.ServerRequests;
import io.hanse.raft.transport.proto.AdmitReply;
import io.hanse.raft.transport.proto.AdmitRequest;
import io.hanse.raft.transport.proto.AskReply;
import io.hanse.raft.transport.proto.AskRequest;
import io.hanse.raft.transport.proto.ConfirmReply;
import io.hanse.raft.transport.proto.ConfirmRequest;
import io.hanse.raft.transport.proto.EnlistReply;
import io.hanse.raft.transport.proto.EnlistRequest;
import io.hanse.raft.transport.proto.Envelope;
import io.hanse.raft.transport.proto.ForwardReply;
import io.hanse.raft.transport.proto.ForwardRequest;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.JoinRequest;
import io.hanse.raft.transport.proto.PromiseReply;
import io.hanse.raft.transport.proto.PromiseRequest;
import io.hanse.raft.transport.proto.ReadPointReply;
import io.hanse.raft.transport.proto.ReadPointRequest;
import io.hanse.raft.transport.proto.ServerServiceGrpc;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The service of a server to the other servers: checks the envelope, and hands over. */
final class ServerCalls extends ServerServiceGrpc.ServerServiceImplBase {
  static final int FORMAT = 2;

  private final ServerRequests requests;
  private final Executor completer;

  /**
   * @param completer where answers to forwarded commands are given, and sent together
   */
  ServerCalls(ServerRequests requests, Executor completer) {
    this.requests = requests;
    this.completer = completer;
  }

  @Override
  public StreamObserver<ForwardRequest> forward(StreamObserver<ForwardReply> replies) {
    return new ForwardedCommands(requests, this::check, replies, completer);
  }

  @Override
  public void join(JoinRequest request, StreamObserver<JoinReply> reply) {
    // Servers of other groups may come here: the exchange finds out about them.
    answer(
        reply,
        () -> {
          checkFormat(request.getEnvelope());
          return requests.join(request.getAccount());
        });
  }

  @Override
  public void promise(PromiseRequest request, StreamObserver<PromiseReply> reply) {
    answer(
        reply,
        () -> {
          checkFormat(request.getEnvelope());
          return requests.promise(request.getEnvelope().getSenderRaftId());
        });
  }

  @Override
  public void enlist(EnlistRequest request, StreamObserver<EnlistReply> reply) {
    Envelope envelope = request.getEnvelope();
    answer(
        reply,
        () -> {
          checkFormat(envelope);
          return requests
              .enlist(envelope.getSenderRaftId(), envelope.getGroupId())
              .thenApply(done -> EnlistReply.getDefaultInstance());
        });
  }

  @Override
  public void admit(AdmitRequest request, StreamObserver<AdmitReply> reply) {
    answer(
        reply,
        () -> {
          checkGroup(request.getEnvelope());
          return requests
              .admit(request.getServer())
              .thenApply(done -> AdmitReply.getDefaultInstance());
        });
  }

  @Override
  public void confirm(ConfirmRequest request, StreamObserver<ConfirmReply> reply) {
    answer(
        reply,
        () -> {
          check(request.getEnvelope());
          return requests.confirm();
        });
  }

  @Override
  public void readPoint(ReadPointRequest request, StreamObserver<ReadPointReply> reply) {
    answer(
        reply,
        () -> {
          check(request.getEnvelope());
          return requests
              .readPoint(request.getConsistent())
              .thenApply(logIndex -> ReadPointReply.newBuilder().setLogIndex(logIndex).build());
        });
  }

  @Override
  public void ask(AskRequest request, StreamObserver<AskReply> reply) {
    answer(
        reply,
        () -> {
          check(request.getEnvelope());
          return requests
              .ask(
                  request.getName(),
                  request.getRequest(),
                  Duration.ofMillis(request.getPatienceMillis()))
              .thenApply(bytes -> AskReply.newBuilder().setAnswer(bytes).build());
        });
  }

  private void check(Envelope envelope) {
    checkGroup(envelope);
    if (!requests.isMember(envelope.getSenderRaftId())) {
      throw Problems.stranger(envelope.getSenderRaftId());
    }
  }

  private void checkGroup(Envelope envelope) {
    checkFormat(envelope);
    String own = requests.groupId().orElse("");
    if (!envelope.getGroupId().equals(own)) {
      throw Problems.foreign(envelope.getSenderRaftId(), envelope.getGroupId(), own);
    }
  }

  private static void checkFormat(Envelope envelope) {
    if (envelope.getFormatVersion() != FORMAT) {
      throw new ProblemException(
          ProblemCode.FAILED_PRECONDITION,
          "server "
              + envelope.getSenderRaftId()
              + " speaks version "
              + envelope.getFormatVersion()
              + " between servers, this one "
              + FORMAT
              + "; upgrade the older one");
    }
  }

  private static <T> void answer(StreamObserver<T> reply, Supplier<CompletableFuture<T>> handler) {
    Attempt.of(handler)
        .whenComplete(
            (value, failure) -> {
              if (failure == null) {
                reply.onNext(value);
                reply.onCompleted();
              } else {
                reply.onError(Statuses.of(failure));
              }
            });
  }
}
