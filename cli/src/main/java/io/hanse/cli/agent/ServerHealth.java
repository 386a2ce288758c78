package io.hanse.cli.agent;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.GuardedTask;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeregisterCatalog;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.RemoveServer;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.Weights;
import io.hanse.fsm.row.WriteServer;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Servers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the servers are: each tells the leader every second that it is there, and the leader keeps
 * their nodes, the {@code consul} service and the check {@code serfHealth} in the catalog by it. A
 * server that is silent for {@link #SILENCE} takes all that is registered with its agent with it,
 * as in Consul.
 */
final class ServerHealth {
  static final String CHECK_ID = "serfHealth";
  static final String SERVICE_ID = "consul";

  private static final Logger LOG = LoggerFactory.getLogger(ServerHealth.class);
  private static final String BEAT = "server.heartbeat";
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  static final Duration SILENCE = Duration.ofSeconds(5);

  private final Server self;
  private final Leadership leadership;
  private final LeaderCall leader;
  private final StateReader reader;
  private final CommandSubmitter submitter;
  private final Membership membership;
  private final ScheduledExecutorService timer;
  private final Map<String, Beat> beats = new ConcurrentHashMap<>();
  private volatile long leadingSinceNanos;
  private volatile boolean leading;
  private volatile boolean writing;

  private record Beat(Server server, long nanos) {
    boolean isFresh(long nowNanos) {
      return nowNanos - nanos < SILENCE.toNanos();
    }
  }

  ServerHealth(
      Server self,
      Leadership leadership,
      LeaderCall leader,
      StateReader reader,
      CommandSubmitter submitter,
      Membership membership,
      ScheduledExecutorService timer) {
    this.self = self;
    this.leadership = leadership;
    this.leader = leader;
    this.reader = reader;
    this.submitter = submitter;
    this.membership = membership;
    this.timer = timer;
  }

  void start() {
    leader.serve(BEAT, this::heard);
    leadership.onChange(
        standing -> {
          if (standing.self() && !leading) {
            leadingSinceNanos = System.nanoTime();
          }
          leading = standing.self();
          timer.execute(this::beat);
        });
    timer.scheduleWithFixedDelay(
        new GuardedTask(this::beat, e -> LOG.warn("heartbeat not sent, trying again", e)),
        0,
        INTERVAL.toMillis(),
        TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(
        this::reconcile, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void beat() {
    leader
        .call(BEAT, self.toByteString(), INTERVAL)
        .exceptionally(
            failure -> {
              LOG.debug("heartbeat not delivered cause=\"{}\"", failure.getMessage());
              return ByteString.EMPTY;
            });
  }

  private CompletableFuture<ByteString> heard(ByteString request) {
    try {
      Server server = Server.parseFrom(request);
      Beat last = beats.put(server.getRaftId(), new Beat(server, System.nanoTime()));
      if (last == null) {
        timer.execute(this::reconcile);
      }
      return CompletableFuture.completedFuture(ByteString.EMPTY);
    } catch (InvalidProtocolBufferException e) {
      return CompletableFuture.failedFuture(
          new ProblemException(
              ProblemCode.INVALID_ARGUMENT, "heartbeat of a server is not one", e));
    }
  }

  /** Brings the catalog to what was heard. On the timer's thread; one at a time. */
  private void reconcile() {
    try {
      write();
    } catch (RuntimeException | Error e) {
      // What is thrown here ends the timer: then no server would ever be called silent again.
      LOG.warn("health of servers not written, trying again", e);
      writing = false;
    }
  }

  private void write() {
    if (!leading || writing) {
      return;
    }
    List<Command> commands;
    try (View view = reader.view()) {
      commands = commands(view, System.nanoTime());
    }
    if (commands.isEmpty()) {
      return;
    }
    writing = true;
    CompletableFuture<?>[] answers =
        commands.stream().map(submitter::submit).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(answers)
        .whenComplete(
            (nothing, failure) -> {
              writing = false;
              if (failure != null) {
                LOG.debug("health of servers not written cause=\"{}\"", failure.getMessage());
              }
            });
  }

  private List<Command> commands(View view, long nowNanos) {
    SortedMap<String, Server> known = new TreeMap<>();
    new Servers(view).all().forEach(server -> known.put(server.getRaftId(), withoutIndex(server)));
    Set<String> members = new TreeSet<>();
    membership.knownMembers().forEach(member -> members.add(member.raftId()));
    List<Server> removed = new ArrayList<>();
    known.values().removeIf(server -> !members.contains(server.getRaftId()) && removed.add(server));
    List<Command> commands = new ArrayList<>();
    beats.forEach(
        (raftId, beat) -> {
          if (members.contains(raftId)
              && beat.isFresh(nowNanos)
              && !Objects.equals(known.put(raftId, beat.server()), beat.server())) {
            commands.add(
                Command.newBuilder()
                    .setWriteServer(WriteServer.newBuilder().setServer(beat.server()))
                    .build());
          }
        });
    commands.addAll(forgetRemoved(view, removed, known.values()));
    commands.addAll(forgetStrays(view, known.values()));
    for (Server server : known.values()) {
      Beat beat = beats.get(server.getRaftId());
      boolean alive = beat != null && beat.isFresh(nowNanos);
      boolean replaced = !alive && hasLivingNamesake(view, server, nowNanos);
      if (alive || (!replaced && nowNanos - leadingSinceNanos > SILENCE.toNanos())) {
        registration(view, server, alive).ifPresent(commands::add);
      }
    }
    return commands;
  }

  /**
   * A server that was taken out of the group takes all that is registered with its agent along,
   * unless another has its name by now, or what has it is no server's.
   */
  private static List<Command> forgetRemoved(
      View view, List<Server> removed, Collection<Server> known) {
    List<Command> commands = new ArrayList<>();
    for (Server server : removed) {
      // Where this leader ends between the two, forgetStrays does the rest under the next one.
      boolean isReplaced =
          known.stream().anyMatch(other -> other.getNode().equalsIgnoreCase(server.getNode()));
      if (!isReplaced && isNodeOf(view, server)) {
        commands.add(leavesCatalog(server.getNode()));
      }
      commands.add(
          Command.newBuilder()
              .setRemoveServer(RemoveServer.newBuilder().setRaftId(server.getRaftId()))
              .build());
    }
    return commands;
  }

  /** Whether the node of a server's name is the server's, and none that is told of from outside. */
  private static boolean isNodeOf(View view, Server server) {
    String node = server.getNode();
    return new Catalog(view).node("", node).filter(row -> isSame(row, server)).isPresent()
        || (new Catalog(view).service("", node, SERVICE_ID).isPresent() && isChecked(view, node));
  }

  private static boolean isSame(Node row, Server server) {
    return !row.getId().isEmpty() && row.getId().equals(server.getNodeId());
  }

  private static boolean isChecked(View view, String node) {
    return new Health(view).check("", node, CHECK_ID).isPresent();
  }

  private static Command leavesCatalog(String node) {
    LOG.info("removed server leaves the catalog node={}", node);
    return Command.newBuilder().setDeregister(DeregisterCatalog.newBuilder().setNode(node)).build();
  }

  /**
   * Nodes that are in the catalog as servers, and are none that is known: left over by a server
   * that told of itself once more as it was removed, or that has another name now. Whatever else is
   * registered there was so with its agent, and goes along.
   */
  private static List<Command> forgetStrays(View view, Collection<Server> known) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    known.forEach(server -> names.add(server.getNode()));
    return new Catalog(view)
        .service("", SERVICE_ID).stream()
            .filter(instance -> instance.getService().getId().equals(SERVICE_ID))
            .map(instance -> instance.getNode().getNode())
            .filter(node -> !names.contains(node))
            .filter(node -> isChecked(view, node))
            .map(ServerHealth::leavesCatalog)
            .toList();
  }

  /** Whether a server that was wiped, and came back as a new one, has the node already. */
  private boolean hasLivingNamesake(View view, Server server, long nowNanos) {
    String holder = new Catalog(view).node("", server.getNode()).map(Node::getId).orElse("");
    return beats.values().stream()
        .filter(beat -> beat.isFresh(nowNanos))
        .map(Beat::server)
        .anyMatch(
            other ->
                !other.getRaftId().equals(server.getRaftId())
                    && other.getNode().equalsIgnoreCase(server.getNode())
                    && other.getNodeId().equals(holder));
  }

  private static Server withoutIndex(Server server) {
    return server.toBuilder().clearRaftIndex().build();
  }

  private static Optional<Command> registration(View view, Server server, boolean alive) {
    Catalog catalog = new Catalog(view);
    Optional<Node> node = catalog.node("", server.getNode());
    Optional<NodeService> service = catalog.service("", server.getNode(), SERVICE_ID);
    String status = alive ? "passing" : "critical";
    boolean checked =
        new Health(view)
            .ofNode("", server.getNode()).stream()
                .anyMatch(c -> c.getCheckId().equals(CHECK_ID) && c.getStatus().equals(status));
    boolean sameNode =
        node.filter(n -> n.getAddress().equals(server.getAddress()))
            .filter(n -> n.getId().equals(server.getNodeId()))
            .isPresent();
    boolean sameService =
        service
            .map(row -> row.toBuilder().clearRaftIndex().build())
            .filter(service(server)::equals)
            .isPresent();
    if (checked && sameNode && sameService) {
      return Optional.empty();
    }
    if (!alive && node.isEmpty()) {
      return Optional.empty();
    }
    if (!checked) {
      LOG.info(
          "server {} node={} address={}",
          alive ? "alive" : "silent",
          server.getNode(),
          server.getAddress());
    }
    return Optional.of(
        Command.newBuilder()
            .setRegister(
                RegisterCatalog.newBuilder()
                    .setNode(node(server))
                    .setSkipNodeUpdate(sameNode)
                    .setService(service(server))
                    .addChecks(check(server, status)))
            .build());
  }

  private static Node node(Server server) {
    return AgentIdentity.nodeRow(
        server.getNode(),
        server.getNodeId(),
        server.getDatacenter(),
        server.getAddress(),
        server.getAddress(),
        Map.of());
  }

  private static NodeService service(Server server) {
    NodeService.Builder service =
        NodeService.newBuilder()
            .setId(SERVICE_ID)
            .setService(SERVICE_ID)
            .setPort(server.getServerPort())
            .setWeights(Weights.newBuilder().setPassing(1).setWarning(1))
            .putMeta("non_voter", "false")
            .putMeta("raft_version", "3")
            .putMeta("read_replica", "false")
            .putMeta("serf_protocol_current", "2")
            .putMeta("serf_protocol_max", "5")
            .putMeta("serf_protocol_min", "1")
            .putMeta("version", AgentIdentity.CONSUL_VERSION);
    if (server.getGrpcPort() > 0) {
      service.putMeta("grpc_port", Integer.toString(server.getGrpcPort()));
    }
    if (server.getGrpcTlsPort() > 0) {
      service.putMeta("grpc_tls_port", Integer.toString(server.getGrpcTlsPort()));
    }
    return service.build();
  }

  private static HealthCheck check(Server server, String status) {
    return HealthCheck.newBuilder()
        .setNode(server.getNode())
        .setCheckId(CHECK_ID)
        .setName("Serf Health Status")
        .setStatus(status)
        .setOutput(
            status.equals("passing")
                ? "Agent alive and reachable"
                : "Agent not live or unreachable")
        .build();
  }
}
