package io.hanse.http.server;

import io.hanse.http.query.Reads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can be set of the API.
 *
 * @param isIndented whether JSON is always indented, as by a server in development mode
 * @param defaultIntentionPolicy between services that no intention is about: "allow", "deny", or ""
 *     where nobody has said
 * @param responseHeaders sent with every answer
 * @param translatesAddresses whether answers say that addresses of other datacenters are WAN ones
 * @param blockedPrefixes paths that are refused
 * @param writers networks that may write; empty: all
 * @param kvValueBytesMax of one value
 * @param transferFolder where what is too large for memory is kept on its way; what is found there
 *     at start is deleted. Empty: a temporary one
 */
public record HttpSettings(
    boolean isIndented,
    String defaultIntentionPolicy,
    Map<String, String> responseHeaders,
    boolean translatesAddresses,
    List<String> blockedPrefixes,
    List<Network> writers,
    int kvValueBytesMax,
    Limits limits,
    Reads.Limits reads,
    Optional<Path> transferFolder) {

  /**
   * The bounds of connections.
   *
   * @param connectionsPerClientMax from one address
   * @param bodyBytesMax of a request; values of the key-value store have their own
   * @param idle without a request under way, a connection is closed after it; with an answer that
   *     the client does not take, after at most twice as long
   * @param closing how long running requests may take when the server ends
   */
  public record Limits(
      int connectionsPerClientMax,
      int requestLineBytesMax,
      int headerBytesMax,
      int bodyBytesMax,
      Duration idle,
      Duration closing) {
    public static final Limits DEFAULTS =
        new Limits(200, 64 << 10, 256 << 10, 1 << 20, Duration.ofMinutes(3), Duration.ofSeconds(2));

    public Limits withConnectionsPerClientMax(int max) {
      return new Limits(max, requestLineBytesMax, headerBytesMax, bodyBytesMax, idle, closing);
    }

    public Limits withIdle(Duration max) {
      return new Limits(
          connectionsPerClientMax, requestLineBytesMax, headerBytesMax, bodyBytesMax, max, closing);
    }

    public Limits withHeaderBytesMax(int max) {
      return new Limits(
          connectionsPerClientMax, requestLineBytesMax, max, bodyBytesMax, idle, closing);
    }
  }

  public static final HttpSettings DEFAULTS =
      new HttpSettings(
          false,
          "",
          Map.of(),
          false,
          List.of(),
          List.of(),
          512 << 10,
          Limits.DEFAULTS,
          Reads.Limits.DEFAULTS,
          Optional.empty());

  public HttpSettings {
    responseHeaders = Map.copyOf(responseHeaders);
    blockedPrefixes = List.copyOf(blockedPrefixes);
    writers = List.copyOf(writers);
  }

  /** The same, with other bounds of connections. */
  public HttpSettings withLimits(Limits newLimits) {
    return with(newLimits, reads, transferFolder);
  }

  /** The same, with other bounds of reads. */
  public HttpSettings withReads(Reads.Limits newReads) {
    return with(limits, newReads, transferFolder);
  }

  /** The same, with a place for what is on its way. */
  public HttpSettings withTransferFolder(Path folder) {
    return with(limits, reads, Optional.of(folder));
  }

  private HttpSettings with(Limits newLimits, Reads.Limits newReads, Optional<Path> newFolder) {
    return new HttpSettings(
        isIndented,
        defaultIntentionPolicy,
        responseHeaders,
        translatesAddresses,
        blockedPrefixes,
        writers,
        kvValueBytesMax,
        newLimits,
        newReads,
        newFolder);
  }
}
