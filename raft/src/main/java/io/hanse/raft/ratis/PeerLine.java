package io.hanse.raft.ratis;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One of Ratis' channels to another server: notes what is asked on it and what is answered. Whose
 * channel it is, and to whom, the first message says: Ratis does not.
 */
final class PeerLine implements ClientInterceptor {
  /** Of the servers of this process, by their ids. */
  private static final Map<String, RatisNeighbours> OWNERS = new ConcurrentHashMap<>();

  private volatile boolean isAbandoned;

  static void own(String raftId, RatisNeighbours neighbours) {
    OWNERS.put(raftId, neighbours);
  }

  static void disown(String raftId, RatisNeighbours neighbours) {
    OWNERS.remove(raftId, neighbours);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new Asking<>(next.newCall(method, options));
  }

  /** One call. */
  final class Asking<Q, A> extends SimpleForwardingClientCall<Q, A> {
    private volatile @Nullable Hearing hearing;
    private volatile @Nullable RaftRpcRequestProto vote;

    Asking(ClientCall<Q, A> call) {
      super(call);
    }

    @Override
    public void start(Listener<A> listener, Metadata headers) {
      super.start(
          new SimpleForwardingClientCallListener<>(listener) {
            @Override
            public void onMessage(A message) {
              Hearing present = hearing;
              if (present != null) {
                present.answered();
              }
              super.onMessage(message);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              ended(status);
              super.onClose(status, trailers);
            }
          },
          headers);
    }

    @Override
    public void sendMessage(Q message) {
      if (message instanceof RequestVoteRequestProto request) {
        vote = request.getServerRequest();
        asked(request.getServerRequest());
      } else if (message instanceof AppendEntriesRequestProto request) {
        asked(request.getServerRequest());
      } else if (message instanceof InstallSnapshotRequestProto request) {
        asked(request.getServerRequest());
      }
      super.sendMessage(message);
    }

    private void asked(RaftRpcRequestProto request) {
      Hearing present = hearing;
      if (present == null) {
        RatisNeighbours owner = OWNERS.get(request.getRequestorId().toStringUtf8());
        if (owner == null) {
          return;
        }
        present = owner.hearing(request.getReplyId().toStringUtf8());
        hearing = present;
      }
      present.asked(this);
      if (isAbandoned) {
        abandon();
      }
    }

    void abandon() {
      isAbandoned = true;
      cancel("the connection is silent and given up", null);
    }

    private void ended(Status status) {
      boolean isUnanswered = status.getCode() == Status.Code.DEADLINE_EXCEEDED;
      boolean hasFailedOpenly =
          !status.isOk() && !isUnanswered && status.getCode() != Status.Code.CANCELLED;
      Hearing present = hearing;
      if (present != null) {
        present.ended(this, hasFailedOpenly);
      }
      RaftRpcRequestProto asked = vote;
      if (asked != null && (isUnanswered || hasFailedOpenly)) {
        RatisNeighbours owner = OWNERS.get(asked.getRequestorId().toStringUtf8());
        if (owner != null) {
          owner.hasNoVote(asked.getReplyId().toStringUtf8());
        }
      }
    }
  }
}
