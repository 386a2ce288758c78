package io.hanse.raft.ratis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceImplBase;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** Grants every vote at once, and answers each append well, but later. */
final class SlowVoter extends RaftServerProtocolServiceImplBase implements AutoCloseable {
  /** Without an end. */
  static final long NEVER = Long.MAX_VALUE;

  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private final Set<Long> terms = new ConcurrentSkipListSet<>();
  private final String id;
  private final long delayMillis;
  private final Server server;
  private final Queue<AppendEntriesRequestProto> hungUpOn = new ConcurrentLinkedQueue<>();
  private final AtomicInteger heartbeats = new AtomicInteger();
  private volatile boolean hangsUp;
  private final AtomicReference<@Nullable Status> losing = new AtomicReference<>();
  private long match = -1;

  SlowVoter(String id, long delayMillis) throws IOException {
    this.id = id;
    this.delayMillis = delayMillis;
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(this)
            .build()
            .start();
  }

  RaftPeer peer() {
    return RaftPeer.newBuilder()
        .setId(RaftPeerId.valueOf(id))
        .setAddress("127.0.0.1:" + server.getPort())
        .build();
  }

  /** From now on it ends each stream of appends at the first, without an answer. */
  void hangUp() {
    hangsUp = true;
  }

  /**
   * It writes down what the next append brings, and ends the stream without an answer, as one that
   * stops; it is back at once.
   *
   * @param isCut whether the stream breaks, as with its connection
   */
  void loseAnAnswer(boolean isCut) {
    losing.set(isCut ? Status.UNAVAILABLE : Status.OK);
  }

  /** To which it did so. */
  List<AppendEntriesRequestProto> hungUpOn() {
    return List.copyOf(hungUpOn);
  }

  /** How many it got. */
  int heartbeats() {
    return heartbeats.get();
  }

  /** In which it gave its vote. */
  List<Long> terms() {
    return List.copyOf(terms);
  }

  private static RaftRpcReplyProto to(RaftRpcRequestProto request) {
    return RaftRpcReplyProto.newBuilder()
        .setRequestorId(request.getRequestorId())
        .setReplyId(request.getReplyId())
        .setRaftGroupId(request.getRaftGroupId())
        .setCallId(request.getCallId())
        .setSuccess(true)
        .build();
  }

  @Override
  public void requestVote(
      RequestVoteRequestProto request, StreamObserver<RequestVoteReplyProto> answer) {
    if (!request.getPreVote()) {
      terms.add(request.getCandidateTerm());
    }
    answer.onNext(
        RequestVoteReplyProto.newBuilder()
            .setServerReply(to(request.getServerRequest()))
            .setTerm(request.getCandidateTerm())
            .build());
    answer.onCompleted();
  }

  @Override
  public StreamObserver<AppendEntriesRequestProto> appendEntries(
      StreamObserver<AppendEntriesReplyProto> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(AppendEntriesRequestProto request) {
        if (hangsUp) {
          hungUpOn.add(request);
          answers.onCompleted();
          return;
        }
        AppendEntriesReplyProto answer = appended(request);
        Status lost = request.getEntriesCount() > 0 ? losing.getAndSet(null) : null;
        if (lost != null) {
          end(answers, lost);
          return;
        }
        if (delayMillis != NEVER) {
          later.schedule(() -> answers.onNext(answer), delayMillis, TimeUnit.MILLISECONDS);
        }
      }

      @Override
      public void onError(Throwable failure) {
        // The leader has gone.
      }

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  private static void end(StreamObserver<?> stream, Status how) {
    if (how.isOk()) {
      stream.onCompleted();
    } else {
      stream.onError(how.asRuntimeException());
    }
  }

  /** As Ratis answers: a heartbeat learns nothing of what is there. */
  private synchronized AppendEntriesReplyProto appended(AppendEntriesRequestProto request) {
    for (LogEntryProto entry : request.getEntriesList()) {
      match = entry.getIndex();
    }
    boolean isHeartbeat = request.getEntriesCount() == 0;
    heartbeats.addAndGet(isHeartbeat ? 1 : 0);
    return AppendEntriesReplyProto.newBuilder()
        .setServerReply(to(request.getServerRequest()))
        .setTerm(request.getLeaderTerm())
        .setNextIndex(match + 1)
        .setMatchIndex(isHeartbeat ? RaftLog.INVALID_LOG_INDEX : match)
        .setFollowerCommit(Math.min(match, request.getLeaderCommit()))
        .setIsHearbeat(isHeartbeat)
        .build();
  }

  @Override
  public void close() {
    server.shutdownNow();
    later.shutdownNow();
  }
}
