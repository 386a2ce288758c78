package io.hanse.raft.ratis;

import io.hanse.raft.LeaderContact;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of Ratis' own services. Refuses what is meant for another server, as for one that
 * was wiped and came back here under a new id: Ratis would take it, and count two for one. Refuses
 * all but those between servers: the client's and the administrator's share the port, and would let
 * anyone write and change the group. Keeps back the word to close, with which a leader answers a
 * candidate that is not in its configuration: it says so also to one that is about to be taken in,
 * and that one's group would be closed for good. Who was removed learns it from the join exchange.
 * Notes when a leader was heard, when a pre-vote was granted, and who asks for a vote.
 *
 * <p>Lets one append at a time into the log, also when a new leader's comes beside an old one's.
 * And keeps back the answer to one whose entries the log has from an earlier attempt but not yet
 * the disk: Ratis waits only for what it had to write for this one.
 */
final class ServerGate implements ServerInterceptor {
  private final String self;
  private final LeaderContact contact;
  private final Object append = new Object();
  private final ToLongFunction<RaftGroupId> flushed;
  private final Consumer<String> candidates;

  /**
   * @param flushed the last log index of a group that is on the disk
   * @param candidates told who asks for a vote, on the event loop
   */
  ServerGate(
      String self,
      LeaderContact contact,
      ToLongFunction<RaftGroupId> flushed,
      Consumer<String> candidates) {
    this.self = self;
    this.contact = contact;
    this.flushed = flushed;
    this.candidates = candidates;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String service = call.getMethodDescriptor().getServiceName();
    if (!RaftServerProtocolServiceGrpc.SERVICE_NAME.equals(service)) {
      call.close(
          Status.PERMISSION_DENIED.withDescription("this port is for servers only"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    Exchange<Q, A> exchange = new Exchange<>(call);
    return new SimpleForwardingServerCallListener<>(next.startCall(exchange, headers)) {
      @Override
      public void onMessage(Q message) {
        if (!exchange.received(message)) {
          return;
        }
        if (message instanceof AppendEntriesRequestProto entries && entries.getEntriesCount() > 0) {
          synchronized (append) {
            super.onMessage(message);
          }
        } else {
          super.onMessage(message);
        }
      }

      @Override
      public void onHalfClose() {
        exchange.ended();
        if (!exchange.isRefused()) {
          super.onHalfClose();
        }
      }

      @Override
      public void onCancel() {
        exchange.ended();
        super.onCancel();
      }
    };
  }

  /** One call: what came in says what the answer means. */
  private final class Exchange<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private volatile boolean isPreVote;
    private volatile boolean isRefused;
    private volatile @Nullable String leader;

    Exchange(ServerCall<Q, A> call) {
      super(call);
    }

    /** Answers whether the message is for this server. */
    boolean received(Q message) {
      if (message instanceof AppendEntriesRequestProto append) {
        return isForUs(append.getServerRequest()) && heard(append.getServerRequest());
      } else if (message instanceof InstallSnapshotRequestProto chunk) {
        return isForUs(chunk.getServerRequest()) && heard(chunk.getServerRequest());
      } else if (message instanceof RequestVoteRequestProto vote) {
        isPreVote = vote.getPreVote();
        return isForUs(vote.getServerRequest()) && asked(vote.getServerRequest());
      }
      return !isRefused;
    }

    private boolean isForUs(RaftRpcRequestProto request) {
      if (!isRefused && !self.equals(request.getReplyId().toStringUtf8())) {
        refuse(
            Status.UNAVAILABLE.withDescription("another server is at this address"),
            new Metadata());
      }
      return !isRefused;
    }

    boolean isRefused() {
      return isRefused;
    }

    private boolean heard(RaftRpcRequestProto request) {
      String from = request.getRequestorId().toStringUtf8();
      leader = from;
      contact.heardFrom(from);
      return true;
    }

    private boolean asked(RaftRpcRequestProto request) {
      candidates.accept(request.getRequestorId().toStringUtf8());
      return true;
    }

    void ended() {
      String gone = leader;
      if (gone != null) {
        contact.lost(gone);
      }
    }

    @Override
    public void sendMessage(A message) {
      if (isPreVote
          && message instanceof RequestVoteReplyProto reply
          && reply.getServerReply().getSuccess()) {
        contact.grantedPreVote();
      }
      if (message instanceof AppendEntriesReplyProto reply && isEarly(reply)) {
        // The leader sends them again a little later.
        StatusRuntimeException early =
            GrpcUtil.wrapException(
                new IOException("the entries are not on the disk yet"),
                reply.getServerReply().getCallId(),
                false);
        Metadata trailers = early.getTrailers();
        refuse(early.getStatus(), trailers == null ? new Metadata() : trailers);
      }
      if (!isRefused) {
        super.sendMessage(withoutShutdown(message));
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!isRefused) {
        super.close(status, trailers);
      }
    }

    private void refuse(Status status, Metadata trailers) {
      close(status, trailers);
      isRefused = true;
    }

    private boolean isEarly(AppendEntriesReplyProto reply) {
      return reply.getResult() == AppendResult.SUCCESS
          && !reply.getIsHearbeat()
          && reply.getMatchIndex()
              > flushed.applyAsLong(
                  RaftGroupId.valueOf(reply.getServerReply().getRaftGroupId().getId()));
    }

    @SuppressWarnings("unchecked") // The same type goes out as came in.
    private static <A> A withoutShutdown(A message) {
      if (message instanceof RequestVoteReplyProto reply && reply.getShouldShutdown()) {
        return (A) reply.toBuilder().setShouldShutdown(false).build();
      }
      return message;
    }
  }
}
