package io.hanse.peering.transport;

import io.hanse.peering.LogPace;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * So much of a thing for all clients together, and of that so much for those of one address: many
 * who stand behind one are not to be told from one who wants all. Who is known for what it is gives
 * its part of the address back. Safe from any thread.
 */
final class ClientShares {
  private final String what;
  private final int max;
  private final int perClientMax;
  private final LongSupplier millisClock;
  private final Consumer<String> lines;
  private final LogPace pace = new LogPace();
  private final AtomicInteger taken = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> byClient = new ConcurrentHashMap<>();

  /**
   * Nothing is taken yet.
   *
   * @param what in words, for the log
   * @param perClientMax 0: as many as there are
   * @param lines told now and then that one was refused
   */
  ClientShares(
      String what, int max, int perClientMax, LongSupplier millisClock, Consumer<String> lines) {
    this.what = what;
    this.max = max;
    this.perClientMax = perClientMax;
    this.millisClock = millisClock;
    this.lines = lines;
  }

  /** One of them, until it is given back. */
  final class Share {
    private final @Nullable InetAddress client;
    private final AtomicBoolean isCounted;
    private final AtomicBoolean isTaken = new AtomicBoolean(true);

    private Share(@Nullable InetAddress client) {
      this.client = client;
      isCounted = new AtomicBoolean(client != null);
    }

    /** It counts among those of its address no more. */
    void known() {
      if (client != null && isCounted.compareAndSet(true, false)) {
        byClient.computeIfPresent(client, (key, count) -> count > 1 ? count - 1 : null);
      }
    }

    void giveBack() {
      if (isTaken.compareAndSet(true, false)) {
        known();
        taken.decrementAndGet();
      }
    }
  }

  /** Empty where there are too many; the log says so now and then. */
  Optional<Share> take(@Nullable SocketAddress remote) {
    InetAddress client = remote instanceof InetSocketAddress inet ? inet.getAddress() : null;
    Share share = new Share(client);
    int all = taken.incrementAndGet();
    int same = client == null ? 0 : byClient.merge(client, 1, Integer::sum);
    boolean isClientFull = perClientMax > 0 && same > perClientMax;
    if (all <= max && !isClientFull) {
      return Optional.of(share);
    }
    share.giveBack();
    // An address is a stranger's to choose: all of them are one kind.
    pace.due(isClientFull ? "of one" : "of all", millisClock.getAsLong())
        .ifPresent(
            leftOut ->
                lines.accept(
                    "too many "
                        + what
                        + ", refused one address="
                        + (client == null ? "" : client.getHostAddress())
                        + (isClientFull
                            ? " of_this_address=" + perClientMax
                            : " of_all_addresses=" + max)
                        + " not_told="
                        + leftOut));
    return Optional.empty();
  }
}
