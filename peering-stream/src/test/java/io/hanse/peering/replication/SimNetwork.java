package io.hanse.peering.replication;

import io.hanse.peering.Mistakes;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.link.StreamAcceptor;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connections between simulated servers. A direction keeps its order, as TCP does; a connection can
 * be slow, be cut with all that is on its way, or fall silent without an end being told. It can
 * also be torn: then one end hears of it late, and goes on to hear what was said before, beside
 * what comes over the next connection. Messages can come twice.
 */
final class SimNetwork {
  private final SimTime time;
  private final Map<String, StreamAcceptor> listening = new TreeMap<>();
  private final Map<String, OnlyWhatIsExported> allowed = new TreeMap<>();
  private final List<Connection> connections = new ArrayList<>();
  private int rowsSent;
  private int farewells;
  private int broken;
  private final Mistakes made = new Mistakes();
  private int dialed;
  private long latencyMillisMax = 20;
  private double refusals;
  private double repetitions;

  /** The share of connections on which both ends are Hanses. */
  private double changes;

  SimNetwork(SimTime time) {
    this.time = time;
  }

  /** What the server at an address may tell its peers. */
  void allow(String address, OnlyWhatIsExported whatIsExported) {
    allowed.put(address, whatIsExported);
  }

  void listen(String address, StreamAcceptor acceptor) {
    listening.put(address, acceptor);
  }

  /** What comes to one address goes to another one. */
  void relay(String address, String to) {
    Optional.ofNullable(allowed.get(to)).ifPresent(own -> allowed.put(address, own));
    listening.put(address, outbound -> listening.get(to).accept(outbound));
  }

  /** Whoever listens at one address does so at another instead. */
  void move(String address, String to) {
    Optional.ofNullable(allowed.get(address)).ifPresent(own -> allowed.put(to, own));
    listening.put(to, listening.remove(address));
  }

  void stopListening(String address) {
    listening.remove(address);
  }

  void trouble(long latencyMillis, double shareOfRefusals) {
    latencyMillisMax = latencyMillis;
    refusals = shareOfRefusals;
  }

  /** The share of messages that come twice. */
  void repeat(double share) {
    repetitions = share;
  }

  void speakInChanges(double share) {
    changes = share;
  }

  List<Connection> connections() {
    connections.removeIf(connection -> connection.over);
    return List.copyOf(connections);
  }

  /** Ends what the server at an address dialed or accepted. */
  void crash(String address) {
    for (Connection connection : connections()) {
      if (connection.from.equals(address) || connection.to.equals(address)) {
        connection.cut();
      }
    }
  }

  /** So many attempts to dial end with a mistake that nobody awaits. */
  void breakDialing(int times) {
    broken = times;
  }

  Outbound dial(String from, LinkTarget target, Function<Outbound, Inbound> inbound) {
    if (broken > 0) {
      broken--;
      throw made.next();
    }
    dialed++;
    Connection connection =
        new Connection(
            from,
            target.address(),
            time.chance(changes) ? Set.of(Outbound.CHANGES, Outbound.PROMPT_HEARTBEATS) : Set.of());
    connections.add(connection);
    connection.dialer.inbound = inbound.apply(connection.dialer);
    time.after(1 + time.random.nextLong(latencyMillisMax), connection::arrive);
    return connection.dialer;
  }

  /** How many connections were begun so far. */
  int dialed() {
    return dialed;
  }

  /** How many instances of services were sent so far, and looked at. */
  int rowsSent() {
    return rowsSent;
  }

  /** How often an end said that its peering has ended. */
  int farewells() {
    return farewells;
  }

  /** One connection with its one stream. */
  final class Connection {
    final String from;
    final String to;
    private final Set<String> extensions;
    private final End dialer = new End(this);
    private final End acceptor = new End(this);
    private String peerId = "";
    private boolean over;
    private boolean silent;
    private boolean lying;
    private long lateUntilMillis;

    private Connection(String from, String to, Set<String> extensions) {
      this.extensions = extensions;
      this.from = from;
      this.to = to;
      dialer.other = acceptor;
      acceptor.other = dialer;
    }

    private void arrive() {
      StreamAcceptor server = listening.get(to);
      if (server == null || time.chance(refusals)) {
        over = true;
        dialer.end(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "connection refused"));
        return;
      }
      acceptor.inbound = server.accept(acceptor);
      acceptor.deliver();
    }

    /** What is on its way is lost; both ends notice. */
    void cut() {
      over = true;
      LinkStatus broken = LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "connection reset");
      dialer.end(broken);
      acceptor.end(LinkStatus.of(LinkStatus.Code.CANCELLED, "context canceled"));
    }

    /** One end notices at once; to the other, what is on its way comes late, and then the end. */
    void tear(boolean dialerNotices, long lateMillis) {
      lateUntilMillis = time.nowMillis() + lateMillis;
      End first = dialerNotices ? dialer : acceptor;
      End second = dialerNotices ? acceptor : dialer;
      first.end(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "connection reset"));
      time.after(
          lateMillis + latencyMillisMax,
          () -> {
            over = true;
            second.end(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "connection timed out"));
          });
    }

    /** Nothing passes any more, and nobody is told. */
    void fallSilent() {
      silent = true;
    }

    /** Who dialed has no thread for what comes, until it has. */
    void leaveLying(boolean isSo) {
      lying = isSo;
      dialer.deliver();
    }
  }

  /** One end of a connection, and what is on its way to it. */
  private final class End implements Outbound {
    private final Connection connection;
    private final Queue<Runnable> onTheWay = new ArrayDeque<>();
    private final Queue<Runnable> arrived = new ArrayDeque<>();
    private @Nullable End other;
    private @Nullable Inbound inbound;
    private long lastArrivalMillis;
    private int credits;
    private boolean ended;
    private boolean heard;

    private End(Connection connection) {
      this.connection = connection;
    }

    private void toOther(Runnable arrival) {
      End receiver = other;
      if (ended || connection.silent || receiver == null) {
        return;
      }
      long arrivalMillis =
          Math.max(
              receiver.lastArrivalMillis,
              time.nowMillis() + time.random.nextLong(latencyMillisMax));
      receiver.lastArrivalMillis = arrivalMillis;
      receiver.onTheWay.add(arrival);
      time.after(arrivalMillis - time.nowMillis(), receiver::arrive);
    }

    private void arrive() {
      long late = connection.lateUntilMillis - time.nowMillis();
      if (late > 0) {
        time.after(late, this::arrive);
        return;
      }
      Runnable first = onTheWay.remove();
      if (!ended && !connection.silent) {
        arrived.add(first);
        deliver();
      }
    }

    /** Messages need to be asked for; the rest waits for the messages before it. */
    private void deliver() {
      boolean isLying = connection.lying && this == connection.dialer;
      while (inbound != null && !isLying && !arrived.isEmpty() && credits > 0) {
        arrived.remove().run();
      }
    }

    @Override
    public void send(ReplicationMessage message) {
      rowsSent += SimInvariants.OnlyCompleteRows.check(message);
      farewells += message.hasTerminated() ? 1 : 0;
      End receiver = other;
      // What is left of a server that died speaks to nobody.
      if (!ended) {
        check(message);
      }
      for (int i = time.chance(repetitions) ? 2 : 1; i > 0; i--) {
        toOther(
            () -> {
              receiver.credits--;
              receiver.heard = true;
              Optional.ofNullable(receiver.inbound).ifPresent(in -> in.onMessage(message));
            });
      }
    }

    private void check(ReplicationMessage message) {
      boolean isDialer = this == connection.dialer;
      if (message.hasOpen()) {
        connection.peerId = message.getOpen().getPeerId();
      }
      String self = isDialer ? connection.from : connection.to;
      String peer = isDialer ? connection.to : connection.from;
      of(self).ifPresent(own -> own.check(message, isDialer, connection.peerId, time.nowMillis()));
      of(peer).ifPresent(own -> own.checkHeld(message, !isDialer, connection.peerId));
    }

    /** Empty where no cluster is: a test's own end, or nobody. */
    private Optional<OnlyWhatIsExported> of(String address) {
      return Optional.ofNullable(allowed.get(address));
    }

    @Override
    public boolean isReady() {
      return !ended;
    }

    @Override
    public void requestNext() {
      credits++;
      time.after(0, this::deliver);
    }

    @Override
    public void halfClose() {
      End receiver = other;
      toOther(() -> Optional.ofNullable(receiver.inbound).ifPresent(Inbound::onHalfClose));
    }

    @Override
    public void close(LinkStatus status) {
      if (ended) {
        return;
      }
      End receiver = other;
      boolean isDialer = this == connection.dialer;
      LinkStatus seen =
          isDialer ? LinkStatus.of(LinkStatus.Code.CANCELLED, "context canceled") : status;
      toOther(
          () -> {
            connection.over = true;
            receiver.end(seen);
          });
      ended = true;
    }

    private void end(LinkStatus status) {
      if (!ended) {
        ended = true;
        Optional.ofNullable(inbound).ifPresent(in -> in.onEnd(status));
      }
    }

    @Override
    public Set<String> extensions() {
      // A dialer knows with the first message from the other end.
      return this == connection.dialer && !heard ? Set.of() : connection.extensions;
    }

    @Override
    public boolean isDelivering() {
      return connection.lying && !arrived.isEmpty();
    }

    @Override
    public String remote() {
      return connection.to;
    }
  }
}
