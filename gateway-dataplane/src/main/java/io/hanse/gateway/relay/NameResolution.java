package io.hanse.gateway.relay;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks up host names by the system's resolver, away from the event loops: it blocks. Gateways are
 * found by IPv4 only where they have both, as Consul's are.
 */
final class NameResolution extends AddressResolverGroup<InetSocketAddress> {
  private static final int THREADS = 2;
  private static final int WAITING_MAX = 1024;
  private static final long IDLE_SECONDS = 30;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING_MAX),
          task -> {
            Thread thread = new Thread(task, "names");
            thread.setDaemon(true);
            return thread;
          });

  NameResolution() {
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new InetSocketAddressResolver(executor, new Names(executor));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    super.close();
  }

  private final class Names extends InetNameResolver {
    Names(EventExecutor executor) {
      super(executor);
    }

    @Override
    protected void doResolve(String host, Promise<InetAddress> promise) {
      run(promise, () -> promise.trySuccess(lookUp(host).get(0)));
    }

    @Override
    protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
      run(promise, () -> promise.trySuccess(lookUp(host)));
    }

    private void run(Promise<?> promise, LookUp lookUp) {
      try {
        threads.execute(
            () -> {
              try {
                lookUp.run();
              } catch (UnknownHostException e) {
                promise.tryFailure(e);
              }
            });
      } catch (RejectedExecutionException e) {
        promise.tryFailure(new UnknownHostException("too many names are being looked up"));
      }
    }
  }

  private interface LookUp {
    void run() throws UnknownHostException;
  }

  private static List<InetAddress> lookUp(String host) throws UnknownHostException {
    List<InetAddress> all = new ArrayList<>(List.of(InetAddress.getAllByName(host)));
    List<InetAddress> preferred = new ArrayList<>(all);
    preferred.removeIf(address -> !(address instanceof Inet4Address));
    return preferred.isEmpty() ? all : preferred;
  }
}
