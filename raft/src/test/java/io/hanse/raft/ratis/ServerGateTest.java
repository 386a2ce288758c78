package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.LeaderContact;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.junit.jupiter.api.Test;

class ServerGateTest {
  private final LeaderContact contact = new LeaderContact(() -> 0);
  private final ServerGate gate = new ServerGate("us", contact);
  private final Call call = new Call();

  /** Lets a vote be asked for, which is answered like this. */
  private void ask(String whom, RequestVoteReplyProto answer) {
    ServerCall.Listener<RequestVoteRequestProto> listener =
        gate.interceptCall(
            call,
            new Metadata(),
            (passed, headers) ->
                new ServerCall.Listener<RequestVoteRequestProto>() {
                  @Override
                  public void onMessage(RequestVoteRequestProto message) {
                    passed.sendMessage(answer);
                  }
                });
    listener.onMessage(
        RequestVoteRequestProto.newBuilder()
            .setServerRequest(
                RaftRpcRequestProto.newBuilder().setReplyId(ByteString.copyFromUtf8(whom)))
            .setPreVote(true)
            .build());
  }

  /** A newcomer that asks between two configurations would close its group, and stay closed. */
  @Test
  void shouldKeepTheWordToCloseBack() {
    RequestVoteReplyProto refusal =
        RequestVoteReplyProto.newBuilder().setTerm(7).setShouldShutdown(true).build();
    ask("us", refusal);
    assertThat(call.sent).containsExactly(refusal.toBuilder().setShouldShutdown(false).build());
    assertThat(contact.grantedPreVoteWithin(1)).isFalse();
  }

  @Test
  void shouldPassAVoteOnAndNoteIt() {
    RequestVoteReplyProto granted =
        RequestVoteReplyProto.newBuilder()
            .setServerReply(RaftRpcReplyProto.newBuilder().setSuccess(true))
            .build();
    ask("us", granted);
    assertThat(call.sent).containsExactly(granted);
    assertThat(contact.grantedPreVoteWithin(1)).isTrue();
  }

  @Test
  void shouldRefuseWhatIsMeantForAnother() {
    ask("another", RequestVoteReplyProto.getDefaultInstance());
    assertThat(call.sent).isEmpty();
    assertThat(call.closed).containsExactly(Status.Code.UNAVAILABLE);
  }

  private static final class Call
      extends ServerCall<RequestVoteRequestProto, RequestVoteReplyProto> {
    final List<RequestVoteReplyProto> sent = new ArrayList<>();
    final List<Status.Code> closed = new ArrayList<>();

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(RequestVoteReplyProto message) {
      sent.add(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      closed.add(status.getCode());
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<RequestVoteRequestProto, RequestVoteReplyProto> getMethodDescriptor() {
      return RaftServerProtocolServiceGrpc.getRequestVoteMethod();
    }
  }
}
