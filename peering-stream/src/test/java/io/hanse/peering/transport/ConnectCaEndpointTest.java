package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.proto.ConnectCAServiceGrpc.ConnectCAServiceImplBase;
import io.hanse.peering.proto.WatchRootsRequest;
import io.hanse.peering.proto.WatchRootsResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectCaEndpointTest {
  private final LocalCluster cluster = new LocalCluster();
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);
  private final FullReader reader = new FullReader();
  private final ConnectCaEndpoint endpoint = endpoint(reader, Runnable::run);

  private ConnectCaEndpoint endpoint(StateReader over, Executor callbacks) {
    return new ConnectCaEndpoint(
        new CaService(
            CaSettings.defaults("dc1"),
            cluster,
            cluster,
            cluster,
            InstantSource.system(),
            executor),
        over,
        callbacks);
  }

  /** All watches are taken. */
  private class FullReader implements StateReader {
    @Override
    public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
      return cluster.fresh(level, patience);
    }

    @Override
    public Freshness freshness() {
      return cluster.freshness();
    }

    @Override
    public View view() {
      return cluster.view();
    }

    @Override
    public Runnable watch(ReadSet reads, long since, Runnable wake) {
      throw new ProblemException(ProblemCode.OVERLOADED, "too many watches");
    }
  }

  /** A proxy that listens for roots. */
  private static final class Listener extends ServerCallStreamObserver<WatchRootsResponse> {
    private @Nullable Throwable endedWith;

    @Override
    public void onNext(WatchRootsResponse response) {}

    @Override
    public void onError(Throwable failure) {
      endedWith = failure;
    }

    @Override
    public void onCompleted() {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}
  }

  @AfterEach
  void stop() {
    executor.shutdownNow();
    cluster.close();
  }

  /** Else it would wait for roots of which it never hears. */
  @Test
  void shouldEndTheCallOfWhomItCannotTellOfChanges() {
    Listener listener = new Listener();
    ((ConnectCAServiceImplBase) endpoint.service())
        .watchRoots(WatchRootsRequest.getDefaultInstance(), listener);

    assertThat(listener.endedWith).isNotNull();
    assertThat(Status.fromThrowable(listener.endedWith).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(listener.endedWith).hasMessageContaining("too many watches");
  }

  @Test
  void shouldEndTheCallOfWhomItCannotTellForAnError() {
    StateReader broken =
        new FullReader() {
          @Override
          public View view() {
            throw new NoClassDefFoundError("a class that nobody missed");
          }
        };
    Listener listener = new Listener();
    ((ConnectCAServiceImplBase) endpoint(broken, Runnable::run).service())
        .watchRoots(WatchRootsRequest.getDefaultInstance(), listener);
    assertThat(listener.endedWith).isNotNull();
  }

  @Test
  void shouldEndTheCallOfWhomNobodyHasTimeToTell() {
    List<Runnable> wakes = new ArrayList<>();
    boolean[] isFull = new boolean[1];
    StateReader watched =
        new FullReader() {
          @Override
          public Runnable watch(ReadSet reads, long since, Runnable wake) {
            wakes.add(wake);
            return () -> {};
          }
        };
    Executor bounded =
        task -> {
          if (isFull[0]) {
            throw new RejectedExecutionException("full");
          }
          task.run();
        };
    Listener listener = new Listener();
    ((ConnectCAServiceImplBase) endpoint(watched, bounded).service())
        .watchRoots(WatchRootsRequest.getDefaultInstance(), listener);
    assertThat(listener.endedWith).isNull();

    isFull[0] = true;
    wakes.get(0).run();

    assertThat(listener.endedWith).isNotNull();
  }
}
