package io.hanse.raft.transport;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.Server;
import io.hanse.raft.Problems;
import io.hanse.raft.ServerTls;
import io.hanse.raft.Surroundings;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.AdmitRequest;
import io.hanse.raft.transport.proto.AskReply;
import io.hanse.raft.transport.proto.AskRequest;
import io.hanse.raft.transport.proto.ConfirmReply;
import io.hanse.raft.transport.proto.ConfirmRequest;
import io.hanse.raft.transport.proto.EnlistRequest;
import io.hanse.raft.transport.proto.Envelope;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.JoinRequest;
import io.hanse.raft.transport.proto.PromiseReply;
import io.hanse.raft.transport.proto.PromiseRequest;
import io.hanse.raft.transport.proto.ReadPointReply;
import io.hanse.raft.transport.proto.ReadPointRequest;
import io.hanse.raft.transport.proto.ServerServiceGrpc;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Calls the other servers, over one connection to each address. */
public final class ServerChannels implements Surroundings.Dialer {
  private static final int CHANNELS = 64;

  /**
   * While an attempt lasts none is begun, and the kernel repeats what of it was lost after pauses
   * that double. By default it lasts half a minute.
   */
  private static final int CONNECT_MILLIS_MAX = 2_000;

  private final Server self;
  private final Duration callPatience;
  private final Optional<ServerTls> tls;
  private final Supplier<Optional<String>> groupId;
  private final Function<String, Optional<InetSocketAddress>> addresses;
  private final Executor completer;
  private final LinkedHashMap<InetSocketAddress, ManagedChannel> channels =
      new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, ForwardStream> streams = new ConcurrentHashMap<>();
  private boolean isClosed;

  /**
   * @param groupId the group of this server, once it has one
   * @param addresses where the server of a raft id is
   * @param completer where commands that come together are sent together
   */
  public ServerChannels(
      Server self,
      Duration callPatience,
      Optional<ServerTls> tls,
      Supplier<Optional<String>> groupId,
      Function<String, Optional<InetSocketAddress>> addresses,
      Executor completer) {
    this.self = self;
    this.callPatience = callPatience;
    this.tls = tls;
    this.groupId = groupId;
    this.addresses = addresses;
    this.completer = completer;
  }

  @Override
  public CompletableFuture<CommandResult> forward(String raftId, Entry entry, long patienceMillis) {
    ForwardStream stream =
        streams.compute(
            raftId,
            (id, present) ->
                present != null && !present.isBroken()
                    ? present
                    : new ForwardStream(
                        ServerServiceGrpc.newStub(channel(address(id))), envelope(), completer));
    return stream.send(entry, patienceMillis);
  }

  @Override
  public void leaderIs(Optional<String> raftId) {
    streams.forEach(
        (id, stream) -> {
          if (!raftId.equals(Optional.of(id)) && streams.remove(id, stream)) {
            stream.cancel();
          }
        });
  }

  @Override
  public CompletableFuture<JoinReply> join(InetSocketAddress address, Account account) {
    JoinRequest request =
        JoinRequest.newBuilder().setEnvelope(envelope()).setAccount(account).build();
    return call(address, callPatience, stub -> stub.join(request));
  }

  @Override
  public CompletableFuture<PromiseReply> promise(String raftId) {
    PromiseRequest request = PromiseRequest.newBuilder().setEnvelope(envelope()).build();
    return call(raftId, callPatience, stub -> stub.promise(request));
  }

  @Override
  public CompletableFuture<Void> enlist(String raftId, String group) {
    EnlistRequest request =
        EnlistRequest.newBuilder().setEnvelope(envelope().toBuilder().setGroupId(group)).build();
    return call(raftId, callPatience, stub -> stub.enlist(request)).thenApply(reply -> null);
  }

  @Override
  public CompletableFuture<Void> admit(String raftId, Duration patience) {
    AdmitRequest request =
        AdmitRequest.newBuilder().setEnvelope(envelope()).setServer(self).build();
    return call(raftId, patience, stub -> stub.admit(request)).thenApply(reply -> null);
  }

  @Override
  public CompletableFuture<ConfirmReply> confirm(String raftId, Duration patience) {
    ConfirmRequest request = ConfirmRequest.newBuilder().setEnvelope(envelope()).build();
    return call(raftId, patience, stub -> stub.confirm(request));
  }

  @Override
  public CompletableFuture<Long> readPoint(String raftId, boolean isConsistent, Duration patience) {
    ReadPointRequest request =
        ReadPointRequest.newBuilder().setEnvelope(envelope()).setConsistent(isConsistent).build();
    return call(raftId, patience, stub -> stub.readPoint(request))
        .thenApply(ReadPointReply::getLogIndex);
  }

  @Override
  public CompletableFuture<ByteString> ask(
      String raftId, String name, ByteString question, Duration patience) {
    AskRequest request =
        AskRequest.newBuilder()
            .setEnvelope(envelope())
            .setName(name)
            .setRequest(question)
            .setPatienceMillis((int) patience.toMillis())
            .build();
    return call(raftId, patience, stub -> stub.ask(request)).thenApply(AskReply::getAnswer);
  }

  private Envelope envelope() {
    return Envelope.newBuilder()
        .setFormatVersion(ServerCalls.FORMAT)
        .setGroupId(groupId.get().orElse(""))
        .setSenderRaftId(self.getRaftId())
        .build();
  }

  private InetSocketAddress address(String raftId) {
    return addresses.apply(raftId).orElseThrow(Problems::notLeader);
  }

  private <T> CompletableFuture<T> call(
      String raftId,
      Duration patience,
      Function<ServerServiceGrpc.ServerServiceFutureStub, ListenableFuture<T>> method) {
    return addresses
        .apply(raftId)
        .map(address -> call(address, patience, method))
        .orElseGet(() -> CompletableFuture.failedFuture(Problems.notLeader()));
  }

  private <T> CompletableFuture<T> call(
      InetSocketAddress address,
      Duration patience,
      Function<ServerServiceGrpc.ServerServiceFutureStub, ListenableFuture<T>> method) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    ListenableFuture<T> reply;
    try {
      reply =
          method.apply(
              ServerServiceGrpc.newFutureStub(channel(address))
                  .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(Statuses.problem(e));
    }
    reply.addListener(
        () -> {
          try {
            answer.complete(reply.get());
          } catch (Exception e) {
            answer.completeExceptionally(Statuses.problem(e));
          }
        },
        Runnable::run);
    return answer;
  }

  private synchronized ManagedChannel channel(InetSocketAddress address) {
    if (isClosed) {
      throw Problems.closing();
    }
    ManagedChannel channel = channels.get(address);
    if (channel == null) {
      channel =
          NettyChannelBuilder.forAddress(address.getHostString(), address.getPort(), credentials())
              .maxInboundMessageSize(ServerEndpoint.MESSAGE_BYTES)
              .keepAliveTime(5, TimeUnit.SECONDS)
              .keepAliveTimeout(3, TimeUnit.SECONDS)
              .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
              .build();
      channels.put(address, channel);
      evict();
    }
    // A server that was away for long is otherwise tried again only after minutes.
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return channel;
  }

  private ChannelCredentials credentials() {
    if (tls.isEmpty()) {
      return InsecureChannelCredentials.create();
    }
    return TlsChannelCredentials.newBuilder()
        .keyManager(tls.get().keys())
        .trustManager(tls.get().trust())
        .build();
  }

  @Override
  public void renewConnections() {
    List<ManagedChannel> old;
    synchronized (this) {
      old = List.copyOf(channels.values());
      channels.clear();
    }
    leaderIs(Optional.empty());
    old.forEach(ManagedChannel::shutdown);
  }

  private void evict() {
    if (channels.size() > CHANNELS) {
      InetSocketAddress eldest = channels.keySet().iterator().next();
      ManagedChannel removed = channels.remove(eldest);
      if (removed != null) {
        removed.shutdown();
      }
    }
  }

  @Override
  public void close() {
    leaderIs(Optional.empty());
    synchronized (this) {
      isClosed = true;
      channels.values().forEach(ManagedChannel::shutdownNow);
      channels.clear();
    }
  }
}
