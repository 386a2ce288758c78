package io.hanse.gateway.relay;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per connection, written when it ends. Loops never wait for it: what does not fit is
 * counted and lost.
 */
public final class AccessLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.hanse.gateway.access");
  private static final long STOP_MILLIS = 2000;

  /**
   * A connection that ended.
   *
   * @param caller the SPIFFE id of the client, where it had to prove one
   * @param endpoint the last that was tried
   * @param detail what the reason leaves open
   */
  public record Entry(
      long startMillis,
      String listener,
      String source,
      String serverName,
      String caller,
      String route,
      String endpoint,
      int attempts,
      long bytesUp,
      long bytesDown,
      long durationMillis,
      CloseReason reason,
      String detail) {

    /** As a line of {@code key=value}. */
    public String line() {
      return "start="
          + Instant.ofEpochMilli(startMillis)
          + " listener="
          + listener
          + " source="
          + source
          + " requested_server_name="
          + orDash(serverName)
          + " caller="
          + orDash(caller)
          + " upstream_cluster="
          + orDash(route)
          + " upstream_host="
          + orDash(endpoint)
          + " attempts="
          + attempts
          + " bytes_received="
          + bytesUp
          + " bytes_sent="
          + bytesDown
          + " duration_ms="
          + durationMillis
          + " reason="
          + reason.label()
          + (detail.isEmpty() ? "" : " detail=\"" + detail + '"');
    }

    private static String orDash(String text) {
      return text.isEmpty() ? "-" : text;
    }
  }

  private final BlockingQueue<Entry> queue;
  private final int recentMax;
  private final Deque<Entry> recent = new ArrayDeque<>();
  private final LongAdder dropped = new LongAdder();
  private final Thread writer;
  private volatile boolean stopping;

  public AccessLog(GatewayLimits.Log limits) {
    queue = new ArrayBlockingQueue<>(limits.queueMax());
    recentMax = limits.recentMax();
    writer = new Thread(this::write, "access-log");
    writer.setDaemon(true);
    writer.start();
  }

  void add(Entry entry) {
    if (!queue.offer(entry)) {
      dropped.increment();
    }
  }

  public long dropped() {
    return dropped.sum();
  }

  /** The last connections that ended, the oldest first. */
  public List<Entry> recent() {
    synchronized (recent) {
      return new ArrayList<>(recent);
    }
  }

  private void write() {
    try {
      while (!stopping) {
        put(queue.take());
      }
    } catch (InterruptedException e) {
      // Asked to stop: what waits is written first.
      for (Entry entry = queue.poll(); entry != null; entry = queue.poll()) {
        put(entry);
      }
    }
  }

  private void put(Entry entry) {
    keep(entry);
    if (LOG.isInfoEnabled()) {
      LOG.info("{}", entry.line());
    }
  }

  private void keep(Entry entry) {
    synchronized (recent) {
      if (recent.size() == recentMax) {
        recent.removeFirst();
      }
      recent.addLast(entry);
    }
  }

  /** Writes what waits, for a moment. */
  @Override
  public void close() {
    stopping = true;
    writer.interrupt();
    try {
      writer.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
