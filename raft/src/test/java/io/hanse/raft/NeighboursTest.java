package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.JoinReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeighboursTest {
  @TempDir private Path directory;

  private final AtomicLong nanos = new AtomicLong();
  private final Set<Integer> asked = new TreeSet<>();
  private final List<InetSocketAddress> dialed = new ArrayList<>();
  private final Map<Integer, Account> answering = new TreeMap<>();

  /** What everybody who answers has heard of. */
  private final List<Server> rumours =
      List.of(server("voter", 1), server("wiped", 2), server("newcomer", 3));

  private DataDirectory disk;
  private AddressBook book;
  private Neighbours neighbours;

  @BeforeEach
  void start() throws IOException {
    disk = DataDirectory.open(directory, "node", new DurableFiles(new RecordingSync()));
    book = new AddressBook(disk, row -> {});
    book.learn(List.of(server("self", 9)));
    PeerCalls peers =
        new FakePeers() {
          @Override
          public CompletableFuture<JoinReply> join(InetSocketAddress address, Account account) {
            asked.add(address.getPort());
            dialed.add(address);
            Account there = answering.get(address.getPort());
            return there == null
                ? super.join(address, account)
                : CompletableFuture.completedFuture(
                    JoinReply.newBuilder().setAccount(there).addAllKnown(rumours).build());
          }
        };
    neighbours =
        new Neighbours(
            "self",
            List.of("localhost:5", "127.0.0.1:1", "[::1]:6"),
            book,
            peers,
            () -> Account.newBuilder().setServer(server("self", 9)).build(),
            Set.of("self", "voter", "silent voter")::contains,
            nanos::get);
  }

  private static Server server(String raftId, int port) {
    return Server.newBuilder()
        .setRaftId(raftId)
        .setNode(raftId)
        .setAddress("127.0.0.1")
        .setSerfLanPort(port)
        .setStart(1)
        .build();
  }

  private void answers(String raftId, int port) {
    answering.put(port, Account.newBuilder().setServer(server(raftId, port)).build());
  }

  private Set<Integer> exchange() {
    asked.clear();
    neighbours.exchange();
    return Set.copyOf(asked);
  }

  @Test
  void shouldForgetWhoIsOfNoUseAndNotLearnOfItAgain() throws IOException {
    answers("voter", 1);
    answers("newcomer", 3);
    book.learn(rumours);
    book.learn(List.of(server("silent voter", 4)));
    assertThat(exchange()).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);

    nanos.addAndGet(Neighbours.FORGOTTEN.toNanos());
    exchange();
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(exchange()).containsExactlyInAnyOrder(1, 3, 4, 5, 6);
    assertThat(exchange()).containsExactlyInAnyOrder(1, 3, 4, 5, 6);
    assertThat(new AddressBook(disk, row -> {}).all())
        .extracting(Server::getRaftId)
        .containsExactlyInAnyOrder("self", "voter", "newcomer", "silent voter");

    neighbours.note(Account.newBuilder().setServer(server("wiped", 2)).build(), nanos.get());
    assertThat(exchange()).contains(2);
  }

  /** A name server that does not answer keeps nobody waiting but those of its names. */
  @Test
  void shouldDialNamesWithoutResolvingThemFirst() throws IOException {
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    book.learn(List.of(server("voter", 1)));
    exchange();
    assertThat(dialed)
        .filteredOn(address -> address.getPort() == 5)
        .allMatch(InetSocketAddress::isUnresolved);
    assertThat(dialed)
        .as("each once, known from where it may be")
        .containsExactlyInAnyOrder(
            InetSocketAddress.createUnresolved("localhost", 5),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
            new InetSocketAddress(InetAddress.getByAddress(loopback), 6));
  }
}
