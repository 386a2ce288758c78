package io.hanse.peering.transport;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.identity.CaService;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.CARoot;
import io.hanse.peering.proto.ConnectCAServiceGrpc;
import io.hanse.peering.proto.SignRequest;
import io.hanse.peering.proto.SignResponse;
import io.hanse.peering.proto.WatchRootsRequest;
import io.hanse.peering.proto.WatchRootsResponse;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signing service for proxies, on any server. */
public final class ConnectCaEndpoint implements ExternalService {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectCaEndpoint.class);

  /** Proxies of ours need none, so that few are wanted. */
  private static final int WATCHES_MAX = 2_048;

  private static final int WATCHES_PER_CLIENT_MAX = 100;

  private static final Context.Key<SocketAddress> REMOTE = Context.key("remote");

  private final CaService authority;
  private final StateReader reader;
  private final Executor executor;
  private final ClientShares watches =
      new ClientShares(
          "watches of roots",
          WATCHES_MAX,
          WATCHES_PER_CLIENT_MAX,
          System::currentTimeMillis,
          LOG::warn);

  public ConnectCaEndpoint(CaService authority, StateReader reader, Executor executor) {
    this.authority = authority;
    this.reader = reader;
    this.executor = executor;
  }

  @Override
  public BindableService binding() {
    return () -> ServerInterceptors.intercept(service(), ConnectCaEndpoint::noteRemote);
  }

  private static <A, B> ServerCall.Listener<A> noteRemote(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return Contexts.interceptCall(Context.current().withValue(REMOTE, remote), call, headers, next);
  }

  /** Without the note of who calls. */
  BindableService service() {
    return new ConnectCAServiceGrpc.ConnectCAServiceImplBase() {
      @Override
      public void sign(SignRequest request, StreamObserver<SignResponse> answer) {
        authority
            .sign(request.getCsr())
            .whenComplete(
                (signed, failure) -> {
                  if (failure != null) {
                    fail(answer, failure);
                    return;
                  }
                  answer.onNext(SignResponse.newBuilder().setCertPem(signed.certPem()).build());
                  answer.onCompleted();
                });
      }

      @Override
      public void watchRoots(WatchRootsRequest request, StreamObserver<WatchRootsResponse> answer) {
        watches
            .take(REMOTE.get())
            .ifPresentOrElse(
                share ->
                    new RootsWatch((ServerCallStreamObserver<WatchRootsResponse>) answer, share)
                        .start(),
                () ->
                    answer.onError(
                        Status.RESOURCE_EXHAUSTED
                            .withDescription("too many watches of roots at this server")
                            .asRuntimeException()));
      }
    };
  }

  private static void fail(StreamObserver<?> answer, Throwable failure) {
    LinkStatus status = GrpcStatuses.ofFailure(failure);
    answer.onError(GrpcStatuses.toGrpc(status).asRuntimeException());
  }

  /**
   * Tells one client of the roots, now and at each change; a slow one misses what is in between.
   */
  private final class RootsWatch {
    private final ServerCallStreamObserver<WatchRootsResponse> answer;
    private final ClientShares.Share share;
    private Runnable unwatch = () -> {};
    private @Nullable WatchRootsResponse told;
    private boolean due = true;
    private boolean over;

    RootsWatch(ServerCallStreamObserver<WatchRootsResponse> answer, ClientShares.Share share) {
      this.answer = answer;
      this.share = share;
    }

    void start() {
      answer.setOnCancelHandler(this::stop);
      answer.setOnReadyHandler(this::tell);
      wake();
    }

    private synchronized void wake() {
      due = true;
      try {
        executor.execute(this::tell);
      } catch (RejectedExecutionException e) {
        // The watch is spent, and there will be no other; its client asks again.
        if (!over) {
          stop();
          fail(answer, e);
        }
      }
    }

    private synchronized void tell() {
      if (over || !due || !answer.isReady()) {
        return;
      }
      due = false;
      unwatch.run();
      WatchRootsResponse response;
      try (View view = reader.view()) {
        response = response(new Ca(view));
        unwatch = reader.watch(view.reads(), view.readIndex(), this::wake);
      } catch (RuntimeException | Error e) {
        // Without a watch it would never hear of new roots; its client asks again.
        over = true;
        share.giveBack();
        fail(answer, e);
        return;
      }
      if (response.getRootsCount() > 0 && !response.equals(told)) {
        told = response;
        answer.onNext(response);
      }
    }

    private synchronized void stop() {
      over = true;
      share.giveBack();
      unwatch.run();
    }
  }

  private static WatchRootsResponse response(Ca ca) {
    WatchRootsResponse.Builder response = WatchRootsResponse.newBuilder();
    ca.trustDomain().ifPresent(response::setTrustDomain);
    for (CaRoot root : ca.roots()) {
      if (root.getActive()) {
        response.setActiveRootId(root.getId());
      }
      response.addRoots(
          CARoot.newBuilder()
              .setId(root.getId())
              .setName(root.getName())
              .setSerialNumber(root.getSerialNumber())
              .setSigningKeyId(root.getSigningKeyId())
              .setRootCert(root.getRootCert())
              .addAllIntermediateCerts(root.getIntermediateCertsList())
              .setActive(root.getActive()));
    }
    return response.build();
  }
}
