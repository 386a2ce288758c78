package io.hanse.raft;

import io.hanse.fsm.row.Server;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Where each server of the cluster is: its newest row, by the number of its start. Kept in a file,
 * so that a whole cluster can restart on new addresses and find itself.
 */
public final class AddressBook {
  private static final String FILE = "addresses";

  /** Of IPv4 or IPv6: equal if they mean the same, however they are written. */
  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[^:]*:.*");

  private final DataDirectory directory;
  private final Consumer<Server> learned;
  private final Map<String, Server> servers = new ConcurrentSkipListMap<>();

  /**
   * @param learned told of every new address, also of those read from the file
   */
  public AddressBook(DataDirectory directory, Consumer<Server> learned) throws IOException {
    this.directory = directory;
    this.learned = learned;
    byte[] stored = directory.load(FILE);
    if (stored != null) {
      ByteArrayInputStream in = new ByteArrayInputStream(stored);
      for (Server server = Server.parseDelimitedFrom(in);
          server != null;
          server = Server.parseDelimitedFrom(in)) {
        servers.put(server.getRaftId(), server);
        learned.accept(server);
      }
    }
  }

  /** Takes newer rows over, durably before anyone is told of them. */
  public synchronized void learn(Collection<Server> rows) {
    List<Server> news = rows.stream().filter(this::isNews).toList();
    if (news.isEmpty()) {
      return;
    }
    news.forEach(server -> servers.put(server.getRaftId(), server));
    save();
    news.forEach(learned);
  }

  /** Forgets the servers that nobody needs any more. One that is met again is learned again. */
  public synchronized void retain(Predicate<Server> needed) {
    if (servers.values().removeIf(needed.negate())) {
      save();
    }
  }

  private void save() {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (Server server : servers.values()) {
        server.writeDelimitedTo(out);
      }
      directory.save(FILE, out.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isNews(Server row) {
    if (row.getRaftId().isEmpty() || row.getAddress().isEmpty()) {
      return false;
    }
    Server known = servers.get(row.getRaftId());
    return known == null || known.getStart() < row.getStart();
  }

  public Collection<Server> all() {
    return List.copyOf(servers.values());
  }

  public Optional<Server> find(String raftId) {
    return Optional.ofNullable(servers.get(raftId));
  }

  /** Where a server serves the calls of other servers. */
  public Optional<InetSocketAddress> callAddress(String raftId) {
    return find(raftId).map(server -> address(server.getAddress(), server.getSerfLanPort()));
  }

  /**
   * An address to be dialed. A name is left for gRPC to resolve, beside other work and anew for
   * each connection: who waits here for a name server that is silent keeps all others waiting.
   */
  static InetSocketAddress address(String host, int port) {
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    String bare = isBracketed ? host.substring(1, host.length() - 1) : host;
    return LITERAL.matcher(bare).matches()
        ? new InetSocketAddress(bare, port)
        : InetSocketAddress.createUnresolved(bare, port);
  }
}
