package io.hanse.raft.node;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteKv;
import io.hanse.raft.Fatal;
import io.hanse.raft.FreePorts;
import io.hanse.raft.MapReplica;
import io.hanse.raft.RaftSettings;
import io.hanse.raft.Replication;
import io.hanse.raft.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Servers in one process, on loopback ports that are free at the time. */
final class TestCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int VALUE_BYTES = 200;

  /** One server, running or not: its place, and what it replicates while it runs. */
  static final class Member {
    final String name;
    Address address;
    MapReplica replica = new MapReplica();
    Replication node;

    /** Without, it talks in plaintext. */
    @Nullable ServerTls tls;

    Member(String name, Address address) {
      this.name = name;
      this.address = address;
    }

    boolean isRunning() {
      return node != null;
    }

    boolean leads() {
      return node != null && node.leadership().standing().self();
    }

    void write(String key) throws Exception {
      node.submitter().submit(put(key)).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  record Address(int raft, int servers) {
    String hostPort() {
      return "127.0.0.1:" + servers;
    }
  }

  final Map<String, Member> members = new TreeMap<>();
  final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Path directory;
  private Function<String, @Nullable ServerTls> tls = name -> null;
  private RaftSettings.Timing timing = RaftSettings.Timing.defaults();
  private RaftSettings.Limits limits = RaftSettings.Limits.defaults();

  TestCluster(Path directory) {
    this.directory = directory;
  }

  TestCluster with(RaftSettings.Timing other) {
    timing = other;
    return this;
  }

  /** Every server that is added from now on gets its certificate here. */
  TestCluster with(Function<String, @Nullable ServerTls> certificates) {
    tls = certificates;
    return this;
  }

  TestCluster with(RaftSettings.Limits other) {
    limits = other;
    return this;
  }

  static Command put(String key) {
    return Command.newBuilder()
        .setWriteKv(
            WriteKv.newBuilder()
                .setEntry(
                    KvEntry.newBuilder()
                        .setKey(key)
                        .setValue(ByteString.copyFrom(new byte[VALUE_BYTES]))))
        .build();
  }

  /** Starts servers that expect each other. */
  TestCluster start(String... names) throws IOException {
    for (String name : names) {
      add(name);
    }
    for (String name : names) {
      start(members.get(name), names.length, joinAddresses());
    }
    return this;
  }

  List<String> joinAddresses() {
    return members.values().stream().map(member -> member.address.hostPort()).toList();
  }

  Member start(Member member, int expect, List<String> retryJoin) throws IOException {
    member.replica = new MapReplica();
    member.node = ClusterNode.prepare(settings(member, expect, retryJoin), member.replica, fatal());
    member.node.open();
    return member;
  }

  Member add(String name) throws IOException {
    Member member = new Member(name, freeAddress());
    member.tls = tls.apply(name);
    members.put(name, member);
    return member;
  }

  private Fatal fatal() {
    return (what, cause) -> failures.add(what + ": " + cause);
  }

  RaftSettings settings(Member member, int expect, List<String> retryJoin) {
    return settings(member, expect, retryJoin, directory.resolve(member.name));
  }

  RaftSettings settings(Member member, int expect, List<String> retryJoin, Path place) {
    return new RaftSettings(
        place,
        Server.newBuilder()
            .setNodeId(member.name + "-id")
            .setNode(member.name)
            .setDatacenter("dc1")
            .setAddress("127.0.0.1")
            .setServerPort(member.address.raft())
            .setSerfLanPort(member.address.servers())
            .build(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), member.address.raft()),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), member.address.servers()),
        Optional.ofNullable(member.tls),
        new RaftSettings.Bootstrap(expect, retryJoin),
        timing,
        limits);
  }

  void stop(Member member) {
    Replication node = member.node;
    member.node = null;
    node.close();
  }

  Member leader() {
    // Looked for once: who leads at one look may not at the next.
    return await()
        .atMost(PATIENCE)
        .until(() -> running().stream().filter(Member::leads).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  Member follower() {
    Member leader = leader();
    return running().stream().filter(member -> member != leader).findFirst().orElseThrow();
  }

  List<Member> running() {
    return members.values().stream().filter(Member::isRunning).toList();
  }

  /** Waits until all that run have applied the same. */
  void awaitEqual() {
    await()
        .atMost(PATIENCE)
        .until(
            () -> running().stream().map(member -> member.replica.all()).distinct().count() == 1);
  }

  static Address freeAddress() throws IOException {
    return new Address(FreePorts.next(), FreePorts.next());
  }

  /** All at once: each waits for its own threads to end, which takes it seconds. */
  void stop(List<Member> all) {
    List<Replication> nodes = new ArrayList<>();
    for (Member member : all) {
      nodes.add(member.node);
      member.node = null;
    }
    ExecutorService closers = Executors.newCachedThreadPool();
    CompletableFuture.allOf(
            nodes.stream()
                .map(node -> CompletableFuture.runAsync(node::close, closers))
                .toArray(CompletableFuture[]::new))
        .whenComplete((done, failure) -> closers.shutdown())
        .join();
  }

  @Override
  public void close() {
    stop(running());
  }
}
