package io.hanse.raft.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.port.StateReader;
import io.hanse.identity.FiledTls;
import io.hanse.identity.OperatorAuthority;
import io.hanse.identity.SharedKey;
import io.hanse.identity.SharedKeyTls;
import io.hanse.identity.TlsFiles;
import io.hanse.raft.ServerTls;
import io.hanse.raft.node.TestCluster.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that show each other certificates, and those that have none or another one. */
class TlsIT {
  private static final String NAME = "server.dc1.consul";

  @TempDir Path directory;

  private final OperatorAuthority authority = authority("first");
  private final Map<String, FiledTls> files = new TreeMap<>();
  private TestCluster cluster;

  @AfterEach
  void stop() {
    cluster.close();
    assertThat(cluster.failures).isEmpty();
  }

  private static OperatorAuthority authority(String name) {
    return OperatorAuthority.create(name, Duration.ofDays(1), Instant.now());
  }

  private TestCluster start() throws IOException {
    cluster =
        new TestCluster(directory.resolve("servers")).with(name -> tls(name, authority, NAME));
    return cluster.start("a", "b", "c");
  }

  private ServerTls tls(String server, OperatorAuthority issuer, String name) {
    write(server, issuer, name, issuer);
    FiledTls opened = FiledTls.open(filesOf(server));
    files.put(server, opened);
    return new ServerTls(opened.keys(), opened.trust(Optional.of(NAME)));
  }

  private TlsFiles filesOf(String server) {
    Path folder = directory.resolve("tls").resolve(server);
    return new TlsFiles(
        Optional.of(folder.resolve("ca.pem")),
        folder.resolve("cert.pem"),
        folder.resolve("key.pem"));
  }

  /** Puts the files of a server where it looks for them. */
  private void write(
      String server, OperatorAuthority issuer, String name, OperatorAuthority... trusted) {
    OperatorAuthority.Issued issued =
        issuer.issue(
            OperatorAuthority.Role.SERVER,
            List.of(name, "localhost"),
            List.of("127.0.0.1"),
            Duration.ofHours(1),
            Instant.now());
    StringBuilder roots = new StringBuilder();
    for (OperatorAuthority root : trusted) {
      roots.append(root.files().certificatePem());
    }
    TlsFiles own = filesOf(server);
    try {
      Files.createDirectories(own.key().getParent());
      Files.writeString(own.authority().orElseThrow(), roots);
      Files.writeString(own.certificate(), issued.certificatePem());
      Files.writeString(own.key(), issued.keyPem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldFormOnlyOfServersWithACertificateOfTheAuthority() throws Exception {
    start();
    Member follower = cluster.follower();
    follower.write("first");
    cluster.awaitEqual();
    for (StateReader.Level level : StateReader.Level.values()) {
      follower.node.reader().fresh(level, TestCluster.PATIENCE).get(20, TimeUnit.SECONDS);
    }

    Member foreign = cluster.add("x");
    foreign.tls = tls("x", authority("another"), NAME);
    shouldStayOutside(foreign);
    Member client = cluster.add("y");
    client.tls = tls("y", authority, "client.dc1.consul");
    shouldStayOutside(client);
    Member open = cluster.add("z");
    open.tls = null;
    shouldStayOutside(open);
    follower.write("second");
  }

  private void shouldStayOutside(Member stranger) throws IOException {
    cluster.start(stranger, 0, cluster.joinAddresses());
    assertThatThrownBy(
            () ->
                stranger
                    .node
                    .reader()
                    .fresh(StateReader.Level.DEFAULT, Duration.ofSeconds(1))
                    .get(20, TimeUnit.SECONDS))
        .hasMessageContaining("No cluster leader");
    cluster.stop(stranger);
    cluster.members.remove(stranger.name);
    assertThat(cluster.leader().node.membership().knownMembers()).hasSize(3);
  }

  @Test
  void shouldGoOverToAnotherAuthorityWithoutARestart() throws Exception {
    start();
    cluster.follower().write("before");
    OperatorAuthority next = authority("second");
    for (String server : List.of("a", "b", "c")) {
      write(server, authority, NAME, authority, next);
      reload(server, FiledTls.Change.AUTHORITIES);
    }
    cluster.follower().write("both are believed");
    for (String server : List.of("a", "b", "c")) {
      write(server, next, NAME, authority, next);
      reload(server, FiledTls.Change.CERTIFICATE);
    }
    for (String server : List.of("a", "b", "c")) {
      write(server, next, NAME, next);
      reload(server, FiledTls.Change.AUTHORITIES);
      cluster.follower().write("only the second is believed");
    }
    cluster.awaitEqual();

    Member late = cluster.add("x");
    late.tls = tls("x", authority, NAME);
    shouldStayOutside(late);
    Member joiner = cluster.add("d");
    joiner.tls = tls("d", next, NAME);
    cluster.start(joiner, 0, cluster.joinAddresses());
    await()
        .atMost(TestCluster.PATIENCE)
        .until(() -> cluster.leader().node.membership().knownMembers().size() == 4);
    joiner.write("joined");
    // A majority has it; the newcomer may not be among them.
    await()
        .atMost(TestCluster.PATIENCE)
        .until(() -> joiner.replica.writes("only the second is believed") == 3);
  }

  @Test
  void shouldFormByASharedKeyAndGoOverToAnotherWithoutARestart() throws Exception {
    SharedKey first = SharedKey.parse(SharedKey.fresh());
    SharedKey second = SharedKey.parse(SharedKey.fresh());
    AtomicReference<List<SharedKey>> keyring = new AtomicReference<>(List.of(first));
    cluster =
        new TestCluster(directory.resolve("servers")).with(name -> shared(name, keyring::get));
    cluster.start("a", "b", "c");
    cluster.follower().write("before");
    Member foreign = cluster.add("x");
    foreign.tls = shared("x", () -> List.of(second));
    shouldStayOutside(foreign);

    for (List<SharedKey> step :
        List.of(List.of(first, second), List.of(second, first), List.of(second))) {
      keyring.set(step);
      for (String server : List.of("a", "b", "c")) {
        renew(server, files.get(server).reload());
        cluster.follower().write("at step " + step.size());
      }
    }
    cluster.awaitEqual();
    Member late = cluster.add("y");
    late.tls = shared("y", () -> List.of(first));
    shouldStayOutside(late);
    cluster.follower().write("after");
  }

  private ServerTls shared(String server, Supplier<List<SharedKey>> keyring) {
    FiledTls opened =
        FiledTls.open(new SharedKeyTls(keyring, NAME, "127.0.0.1", InstantSource.system()));
    files.put(server, opened);
    return new ServerTls(opened.keys(), opened.trust(Optional.of(NAME)));
  }

  private void reload(String server, FiledTls.Change expected) {
    FiledTls.Change change = files.get(server).reload();
    assertThat(change).isEqualTo(expected);
    renew(server, change);
  }

  private void renew(String server, FiledTls.Change change) {
    if (change == FiledTls.Change.AUTHORITIES) {
      cluster.members.get(server).node.renewConnections();
    }
  }
}
