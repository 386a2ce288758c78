package io.hanse.raft.ratis;

import io.hanse.raft.LeaderContact;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.protocol.TermIndex;
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
 *
 * <p>Takes no snapshot that ends at an entry of the log, as a leader sends it that does not know
 * yet what is here: the log keeps what follows (Raft, section 7, rule 6). Ratis asks what is known
 * to be committed, which is little after a start, keeps the log all the same, and writes the next
 * entry as if it ended with the snapshot, which closes the group.
 */
final class ServerGate implements ServerInterceptor {
  /** What is on the disk of this server's log. */
  interface DurableLog {
    /** The last log index of a group that is on the disk. */
    long flushed(RaftGroupId group);

    /** Whether the very entry is on the disk. */
    boolean holds(RaftGroupId group, TermIndex entry);

    /** Has the group take the leader's word without entries; nobody waits for that. */
    void hear(AppendEntriesRequestProto heartbeat);
  }

  private final String self;
  private final LeaderContact contact;
  private final Object append = new Object();
  private final DurableLog log;
  private final Consumer<String> candidates;

  /**
   * @param candidates told who asks for a vote, on the event loop
   */
  ServerGate(String self, LeaderContact contact, DurableLog log, Consumer<String> candidates) {
    this.self = self;
    this.contact = contact;
    this.log = log;
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
    private boolean isBegun;
    private boolean isHeld;
    private volatile @Nullable String leader;

    Exchange(ServerCall<Q, A> call) {
      super(call);
    }

    /** Answers whether the message is for this server, and Ratis has to answer it. */
    boolean received(Q message) {
      if (message instanceof AppendEntriesRequestProto append) {
        return isForUs(append.getServerRequest()) && heard(append.getServerRequest());
      } else if (message instanceof InstallSnapshotRequestProto chunk) {
        boolean isHeard = isForUs(chunk.getServerRequest()) && heard(chunk.getServerRequest());
        if (isHeard && holds(chunk)) {
          answer(chunk);
          return false;
        }
        return isHeard;
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

    /** What is held once stays so, in the own snapshot when it is purged from the log. */
    private boolean holds(InstallSnapshotRequestProto request) {
      isHeld |=
          request.hasSnapshotChunk()
              && log.holds(group(request.getServerRequest().getRaftGroupId()), end(request));
      return isHeld;
    }

    /**
     * Answers the chunk in the name of Ratis, which is told in its place that the leader is there
     * and what it has committed: no heartbeat comes before the last chunk.
     */
    @SuppressWarnings("unchecked") // Who sends chunks is answered by this type.
    private void answer(InstallSnapshotRequestProto request) {
      TermIndex end = end(request);
      log.hear(
          AppendEntriesRequestProto.newBuilder()
              .setServerRequest(request.getServerRequest())
              .setLeaderTerm(request.getLeaderTerm())
              .setPreviousLog(end.toProto())
              .setLeaderCommit(end.getIndex())
              // Of a server that is about to be taken in this says nothing.
              .setInitializing(true)
              .build());
      if (!isBegun) {
        sendHeaders(new Metadata());
      }
      super.sendMessage((A) installed(request));
      request(1);
    }

    private static TermIndex end(InstallSnapshotRequestProto request) {
      return TermIndex.valueOf(request.getSnapshotChunk().getTermIndex());
    }

    @Override
    public void sendHeaders(Metadata headers) {
      isBegun = true;
      super.sendHeaders(headers);
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
          && reply.getMatchIndex() > log.flushed(group(reply.getServerReply().getRaftGroupId()));
    }

    private static RaftGroupId group(RaftGroupIdProto id) {
      return RaftGroupId.valueOf(id.getId());
    }

    /** By a leader's book, a chunk that was taken; after the last one it goes on behind it. */
    private static InstallSnapshotReplyProto installed(InstallSnapshotRequestProto request) {
      RaftRpcRequestProto from = request.getServerRequest();
      return InstallSnapshotReplyProto.newBuilder()
          .setServerReply(
              RaftRpcReplyProto.newBuilder()
                  .setRequestorId(from.getRequestorId())
                  .setReplyId(from.getReplyId())
                  .setRaftGroupId(from.getRaftGroupId())
                  .setCallId(from.getCallId())
                  .setSuccess(true))
          .setTerm(request.getLeaderTerm())
          .setRequestIndex(request.getSnapshotChunk().getRequestIndex())
          .setResult(InstallSnapshotResult.SUCCESS)
          .build();
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
