package io.hanse.raft.ratis;

import io.hanse.fsm.row.BatchResult;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * Submits entries to the group's division itself: the server in front of it would hand each over to
 * a pool and wait there, which costs a factor of 1.4 to 3.9.
 */
final class DivisionPort {
  private final ClientId client = ClientId.randomId();

  /** Each entry is a request of its own: Ratis never repeats one, and never may. */
  CompletableFuture<BatchResult> append(RaftServer.Division division, byte[] entry) {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(client)
            .setServerId(division.getId())
            .setGroupId(division.getMemberId().getGroupId())
            .setCallId(CallId.getAndIncrement())
            .setType(RaftClientRequest.writeRequestType())
            .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
            .build();
    try {
      return ((RaftClientAsynchronousProtocol) division)
          .submitClientRequestAsync(request)
          .thenApply(reply -> ResultMessage.resultIn(RatisProblems.check(reply).getMessage()));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(RatisProblems.of(e));
    }
  }
}
