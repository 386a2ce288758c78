package io.hanse.gateway.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The event loops, and what all their connections share: limits, log and metrics. A loop keeps a
 * connection for life.
 */
public final class RelayLoops implements AutoCloseable {
  private static final int BACKLOG = 4096;
  private static final long POLL_MILLIS = 20;
  private static final long STOP_SECONDS = 5;
  private static final long LOOK_MILLIS = 1;

  private final Transport transport;
  private final GatewayLimits limits;

  /**
   * Not one of the loops that relay: a descriptor that is accepted in the middle of a loop's turn
   * may have the number of one that was closed in the same turn, and would get what was still to be
   * told of that one.
   */
  private final EventLoopGroup acceptor;

  private final EventLoopGroup group;
  private final Map<EventExecutor, LoopConnections> loops = new LinkedHashMap<>();
  private final Admission admission;
  private final AccessLog log;
  private final RelayMetrics metrics = new RelayMetrics();
  private final NameResolution names;
  private final FixedRecvByteBufAllocator receiveBuffers;
  private final WriteBufferWaterMark waterMark;

  public RelayLoops(Transport transport, int threads, GatewayLimits limits) {
    this(transport, threads, limits, InetAddress::getAllByName);
  }

  RelayLoops(
      Transport transport, int threads, GatewayLimits limits, NameResolution.Resolver resolver) {
    this.names = new NameResolution(resolver);
    this.transport = transport;
    this.limits = limits;
    this.admission = new Admission(limits.connections());
    this.log = new AccessLog(limits.log());
    this.receiveBuffers = new FixedRecvByteBufAllocator(limits.relaying().receiveBytes());
    this.waterMark =
        new WriteBufferWaterMark(
            limits.relaying().writeLowBytes(), limits.relaying().writeHighBytes());
    this.acceptor =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("accept", true), transport.loops());
    this.group =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("relay", true), transport.loops());
    for (EventExecutor executor : group) {
      loops.put(executor, new LoopConnections((EventLoop) executor, limits));
    }
  }

  /** A bound address; closing it lets its connections live. */
  public static final class Listener implements AutoCloseable {
    private final Channel channel;
    private final InetSocketAddress address;

    private Listener(Channel channel) {
      this.channel = channel;
      this.address = (InetSocketAddress) channel.localAddress();
    }

    public InetSocketAddress address() {
      return address;
    }

    /**
     * Whoever is connected already, but waits to be accepted, would be cut by the system: the loop
     * looks for such once more before it closes. After it, it must look again until others can
     * listen here.
     */
    @Override
    public void close() {
      if (channel.isOpen()) {
        afterALook(channel::close);
        channel.closeFuture().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        afterALook(() -> {});
      }
    }

    private void afterALook(Runnable task) {
      channel
          .eventLoop()
          .schedule(task, LOOK_MILLIS, TimeUnit.MILLISECONDS)
          .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
  }

  /**
   * Accepts connections for a front.
   *
   * @param readsAtOnce false if nothing is to be read before the front says so
   */
  public Listener listen(String name, InetSocketAddress address, boolean readsAtOnce, Front front)
      throws IOException {
    return new Listener(bind(address, name, readsAtOnce, front));
  }

  private Channel bind(InetSocketAddress address, String name, boolean readsAtOnce, Front front)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptor, group)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, accepts())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.AUTO_READ, readsAtOnce)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Connection connection =
                        new Connection(
                            name, channel, RelayLoops.this, connectionsOf(channel.eventLoop()));
                    channel.pipeline().addLast(connection.fromClient());
                    connection.admit(front);
                  }
                });
    ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new IOException("cannot listen on " + address, binding.cause());
    }
    return binding.channel();
  }

  /** For connections to endpoints by their addresses, on the loop of the client. */
  Bootstrap bootstrap(EventLoop loop) {
    return new Bootstrap()
        .group(loop)
        .channel(transport.channel())
        .resolver(NoopAddressResolverGroup.INSTANCE)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .option(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark);
  }

  public GatewayLimits limits() {
    return limits;
  }

  public AccessLog log() {
    return log;
  }

  public RelayMetrics metrics() {
    return metrics;
  }

  /** For a server of another protocol that may share the loops. */
  public EventLoopGroup group() {
    return group;
  }

  public Transport transport() {
    return transport;
  }

  public int openCount() {
    return admission.total();
  }

  /** By loop. */
  public List<Integer> openCounts() {
    return loops.values().stream().map(LoopConnections::openCount).toList();
  }

  /** What is kept for clients that are not connected to an endpoint yet. */
  public long heldBytes() {
    return loops.values().stream().mapToLong(LoopConnections::heldBytes).sum();
  }

  NameResolution names() {
    return names;
  }

  Admission admission() {
    return admission;
  }

  /**
   * After all listeners are closed: waits until all connections have ended, at most as long as
   * said; what is left then is reset. Answers how many that were.
   */
  public int drain(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (LoopConnections each : loops.values()) {
      // Behind those that were accepted, and are still on their way to their loop.
      each.loop().submit(each::hurry).awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
    while (admission.total() > 0 && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    admission.close();
    int left = admission.total();
    for (LoopConnections each : loops.values()) {
      each.loop().execute(() -> each.endAll(CloseReason.DRAINED));
    }
    return left;
  }

  @Override
  public void close() {
    admission.close();
    acceptor.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
    group
        .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    names.close();
    log.close();
  }

  private LoopConnections connectionsOf(EventExecutor loop) {
    LoopConnections found = loops.get(loop);
    if (found == null) {
      throw new IllegalStateException("a channel on a loop of somebody else");
    }
    return found;
  }

  private ServerChannelRecvByteBufAllocator accepts() {
    ServerChannelRecvByteBufAllocator accepts = new ServerChannelRecvByteBufAllocator();
    accepts.maxMessagesPerRead(limits.connections().acceptsPerEvent());
    return accepts;
  }
}
