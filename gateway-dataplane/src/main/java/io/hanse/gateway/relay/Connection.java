package io.hanse.gateway.relay;

import io.hanse.fsm.view.HostPort;
import io.hanse.gateway.route.Destination;
import io.hanse.gateway.route.Target;
import io.hanse.identity.TrustDomain;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The life of one client's connection, from the accept to its line in the access log. Owned by one
 * event loop: no other thread touches it.
 */
public final class Connection {
  /** Where it is in its life. */
  enum State {
    ACCEPTED,
    PEEKING,
    HANDSHAKING,
    DIALING,
    RELAYING,
    /** One side has said all; the other goes on. */
    HALF,
    CLOSED
  }

  private final String listener;
  private final Channel client;
  private final RelayLoops shared;
  private final LoopConnections loop;
  private final SocketAddress source;
  private final long startMillis = System.currentTimeMillis();
  private final long startNanos = System.nanoTime();
  private final RelayHandler fromClient = new RelayHandler(this, true);
  private final RelayHandler fromUpstream = new RelayHandler(this, false);

  private State state = State.ACCEPTED;
  private boolean admitted;
  private String serverName = "";
  private String caller = "";
  private @Nullable Target target;
  private @Nullable Destination destination;
  private @Nullable Channel upstream;
  private Supplier<Optional<CloseReason>> recheck = Optional::empty;
  private int attempts;
  private long bytesUp;
  private long bytesDown;
  private long reportedUp;
  private long reportedDown;
  private long activeNanos;
  private boolean routeIsGone;
  private long goneNanos;

  Connection(String listener, Channel client, RelayLoops shared, LoopConnections loop) {
    this.listener = listener;
    this.client = client;
    this.shared = shared;
    this.loop = loop;
    this.source = client.remoteAddress();
    this.activeNanos = startNanos;
  }

  /** Lets it in, or ends it. */
  void admit(Front front) {
    loop.add(this);
    Optional<CloseReason> refusal = shared.admission().enter(source);
    if (refusal.isPresent()) {
      end(refusal.get(), "");
      return;
    }
    admitted = true;
    front.accepted(this);
  }

  Channel client() {
    return client;
  }

  RelayLoops shared() {
    return shared;
  }

  LoopConnections loop() {
    return loop;
  }

  RelayHandler fromClient() {
    return fromClient;
  }

  RelayHandler fromUpstream() {
    return fromUpstream;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  State state() {
    return state;
  }

  void enter(State next) {
    if (state == State.PEEKING) {
      loop.stopsPeeking(this);
    }
    if (state == State.HANDSHAKING) {
      loop.stopsHandshake(this);
    }
    state = next;
    if (state == State.PEEKING) {
      loop.startsPeeking(this);
    }
    if (state == State.HANDSHAKING) {
      loop.startsHandshake(this);
    }
  }

  void named(String name) {
    serverName = name;
  }

  String caller() {
    return caller;
  }

  void calledBy(String spiffeId) {
    caller = spiffeId;
  }

  /** What is asked once a second: a reason ends the connection. */
  void recheckBy(Supplier<Optional<CloseReason>> check) {
    recheck = check;
  }

  /** Takes a place at the target; answers false, and ends, if it has none. */
  boolean route(Target to) {
    if (!to.usage().enter(shared.limits().connections().perRouteMax())) {
      end(CloseReason.ROUTE_LIMIT, "");
      return false;
    }
    target = to;
    return true;
  }

  void trying(Destination next) {
    attempts++;
    if (destination != null) {
      destination.open().decrementAndGet();
    }
    destination = next;
    destination.open().incrementAndGet();
  }

  /** Joins both sides: what was held goes on its way. */
  void relay(Channel to) {
    upstream = to;
    enter(State.RELAYING);
    touch();
    fromClient.link(client, to);
    if (!isClosed()) {
      fromUpstream.link(to, client);
    }
  }

  void touch() {
    activeNanos = loop.coarseNanos();
  }

  void moved(boolean up, int bytes) {
    touch();
    if (up) {
      bytesUp += bytes;
      return;
    }
    if (bytesDown == 0 && target != null && destination != null) {
      target.picker().succeeded(destination);
    }
    bytesDown += bytes;
  }

  /** One side's end was passed on to the other. */
  void passedEnd(boolean up) {
    if (!up && bytesDown == 0) {
      endpointFailed();
    }
    if (fromClient.hasPassedEnd() && fromUpstream.hasPassedEnd()) {
      end(CloseReason.DONE, "");
    } else {
      enter(State.HALF);
    }
  }

  /** One side broke. */
  void broke(boolean clientSide, String detail) {
    if (isClosed()) {
      // It was ended from here: the endpoint has nothing to do with it.
      return;
    }
    if (clientSide) {
      boolean relaying = state == State.RELAYING || state == State.HALF;
      end(relaying ? CloseReason.CLIENT_RESET : CloseReason.CLIENT_GONE, detail);
    } else {
      if (bytesDown == 0) {
        endpointFailed();
      }
      end(CloseReason.UPSTREAM_RESET, detail);
    }
  }

  private void endpointFailed() {
    if (target != null && destination != null && !fromClient.hasPassedEnd()) {
      target.picker().failed(destination);
    }
  }

  /** Between servers of two clusters, where TLS is theirs: a stream that lasts, or a short call. */
  boolean isBetweenServers() {
    return target != null && TrustDomain.isServerName(target.name());
  }

  long ageMillis(long nowNanos) {
    return TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos);
  }

  long ageNanos() {
    return System.nanoTime() - startNanos;
  }

  void onSweep(long nowNanos) {
    reportBytes();
    GatewayLimits.Relaying limits = shared.limits().relaying();
    Optional<CloseReason> refusal = recheck.get();
    if (refusal.isPresent()) {
      end(refusal.get(), "");
    } else if (TimeUnit.NANOSECONDS.toMillis(nowNanos - activeNanos) > limits.idleMillis()) {
      end(CloseReason.IDLE, "");
    } else if (target != null && target.usage().isGone()) {
      if (!routeIsGone) {
        routeIsGone = true;
        goneNanos = nowNanos;
      }
      if (TimeUnit.NANOSECONDS.toMillis(nowNanos - goneNanos) >= limits.routeGoneMillis()) {
        end(CloseReason.ROUTE_GONE, "");
      }
    } else {
      routeIsGone = false;
    }
  }

  /** Writes the line and closes both sides; once. Who sees the end finds it told and counted. */
  void end(CloseReason reason, String detail) {
    if (state == State.CLOSED) {
      return;
    }
    // Who is denied in the middle must not take what it has for the whole.
    boolean abort = reason.isAbort() || (reason == CloseReason.RBAC_DENIED && upstream != null);
    enter(State.CLOSED);
    fromClient.release();
    fromUpstream.release();
    reportBytes();
    if (target != null) {
      target.usage().leave();
    }
    if (destination != null) {
      destination.open().decrementAndGet();
    }
    loop.remove(this);
    if (admitted) {
      shared.admission().leave(source);
    }
    if (reason != CloseReason.CLIENT_GONE || !serverName.isEmpty()) {
      // The probe of a health check says nothing, and is not worth a line.
      AccessLog.Entry ended = entry(reason, detail);
      shared.log().add(ended);
      shared.metrics().refusals().note(ended);
    }
    shared.metrics().ended(reason);
    close(client, abort);
    if (upstream != null) {
      close(upstream, abort);
    }
  }

  private AccessLog.Entry entry(CloseReason reason, String detail) {
    return new AccessLog.Entry(
        startMillis,
        listener,
        text(source),
        serverName,
        caller,
        target == null ? "" : target.name(),
        destination == null ? "" : destination.toString(),
        attempts,
        bytesUp,
        bytesDown,
        TimeUnit.NANOSECONDS.toMillis(ageNanos()),
        reason,
        detail);
  }

  private void reportBytes() {
    if (target != null && (bytesUp != reportedUp || bytesDown != reportedDown)) {
      target.usage().moved(bytesUp - reportedUp, bytesDown - reportedDown);
      reportedUp = bytesUp;
      reportedDown = bytesDown;
    }
  }

  private static void close(Channel channel, boolean abort) {
    if (abort && channel.isOpen()) {
      reset(channel);
    } else {
      channel.close();
    }
  }

  /**
   * With a reset the other end learns that what it has may be cut short. It goes out below TLS,
   * which would say close_notify first: that what was sent is all.
   */
  private static void reset(Channel channel) {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException e) {
      // It was closed from the other end in this moment: there is nobody left to tell.
    }
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    if (tls == null) {
      channel.close();
    } else {
      tls.close();
    }
  }

  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? HostPort.joined(inet.getAddress().getHostAddress(), inet.getPort())
        : String.valueOf(address);
  }
}
