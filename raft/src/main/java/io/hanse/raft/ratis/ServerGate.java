package io.hanse.raft.ratis;

import io.hanse.raft.LeaderContact;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Stands in front of Ratis' own services. Refuses all but those between servers: the client's and
 * the administrator's share the port, and would let anyone write and change the group. Notes when a
 * leader was heard and when a pre-vote was granted.
 */
final class ServerGate implements ServerInterceptor {
  private final LeaderContact contact;

  ServerGate(LeaderContact contact) {
    this.contact = contact;
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
        exchange.received(message);
        super.onMessage(message);
      }
    };
  }

  /** One call: what came in says what the answer means. */
  private final class Exchange<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private volatile boolean isPreVote;

    Exchange(ServerCall<Q, A> call) {
      super(call);
    }

    void received(Q message) {
      if (message instanceof AppendEntriesRequestProto append) {
        heard(append.getServerRequest());
      } else if (message instanceof InstallSnapshotRequestProto chunk) {
        heard(chunk.getServerRequest());
      } else if (message instanceof RequestVoteRequestProto vote) {
        isPreVote = vote.getPreVote();
      }
    }

    private void heard(RaftRpcRequestProto request) {
      contact.heardFrom(request.getRequestorId().toStringUtf8());
    }

    @Override
    public void sendMessage(A message) {
      if (isPreVote
          && message instanceof RequestVoteReplyProto reply
          && reply.getServerReply().getSuccess()) {
        contact.grantedPreVote();
      }
      super.sendMessage(message);
    }
  }
}
