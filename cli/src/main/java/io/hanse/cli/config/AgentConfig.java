package io.hanse.cli.config;

import io.hanse.cli.value.Value;
import io.hanse.http.server.Network;
import io.hanse.identity.SharedKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that an agent is told at its start, checked and with every default filled in. Definitions and
 * entries are trees: {@link io.hanse.cli.value.JsonText} makes of them what the HTTP API reads.
 */
public record AgentConfig(
    boolean dev,
    boolean server,
    String datacenter,
    String domain,
    Node node,
    Addresses addresses,
    Ports ports,
    Tls tls,
    Joining joining,
    Leaving leaving,
    Timing timing,
    Limits limits,
    Snapshots snapshots,
    Optional<Path> dataDirectory,
    Optional<Path> pidFile,
    Optional<String> defaultIntentionPolicy,
    Http http,
    boolean isPeeringEnabled,
    List<Value> bootstrapEntries,
    List<Value> services,
    List<Value> checks,
    Logging logging,
    List<String> warnings) {

  public AgentConfig {
    bootstrapEntries = List.copyOf(bootstrapEntries);
    services = List.copyOf(services);
    checks = List.copyOf(checks);
    warnings = List.copyOf(warnings);
  }

  /** Without an id, one is made at the first start and kept in the data directory. */
  public record Node(String name, Optional<String> id, Map<String, String> meta) {
    public Node {
      meta = Map.copyOf(meta);
    }
  }

  /**
   * {@code advertise} is where other servers and proxies reach this agent; the others are what its
   * listeners bind: those between servers, and those of clients.
   */
  public record Addresses(
      String bind,
      String advertise,
      List<String> http,
      List<String> https,
      List<String> grpc,
      List<String> grpcTls) {
    public Addresses {
      http = List.copyOf(http);
      https = List.copyOf(https);
      grpc = List.copyOf(grpc);
      grpcTls = List.copyOf(grpcTls);
    }
  }

  /** 0 or less is off. */
  public record Ports(
      int http,
      int grpc,
      int grpcTls,
      int server,
      int serfLan,
      int https,
      int sidecarMin,
      int sidecarMax) {}

  /**
   * How agents prove who they are.
   *
   * @param servers certificates for what servers say to each other; go before the shared key
   * @param sharedKey what servers make certificates of by themselves; without either, and without a
   *     keyring in the data directory, they talk in plaintext
   * @param serverName what the certificate of each server is for
   * @param reloadsItself whether changed files are noticed without a signal
   */
  public record Tls(
      Optional<Listener> servers,
      Optional<SharedKey> sharedKey,
      String serverName,
      Optional<Listener> https,
      boolean reloadsItself) {}

  /**
   * One listener with certificates.
   *
   * @param authority a file or directory of roots
   * @param verifyIncoming whether who connects has to show a certificate too
   * @param serverName a name that the other end's certificate has to have
   */
  public record Listener(
      Optional<Path> authority,
      Path certificate,
      Path key,
      boolean verifyIncoming,
      Optional<String> serverName) {}

  /** {@code bootstrapExpect} 0: joins a cluster that exists. */
  public record Joining(int bootstrapExpect, List<String> join) {
    public Joining {
      join = List.copyOf(join);
    }
  }

  /** At which signals the agent leaves its cluster before it ends: SIGINT, SIGTERM. */
  public record Leaving(boolean onInterrupt, boolean onTerminate) {}

  /** {@code warmsUp}: practises once it has started, see {@code WarmUp}. */
  public record Timing(
      int raftMultiplier,
      Duration rpcHoldTimeout,
      Duration defaultQueryTime,
      Duration maxQueryTime,
      boolean warmsUp) {}

  /**
   * How the HTTP API behaves.
   *
   * @param responseHeaders sent with every answer
   * @param blockedPrefixes paths that are refused
   * @param writers networks that may write; empty: all
   * @param headerBytesMax of a request; 0: the default
   * @param translatesAddresses whether answers say that addresses of other datacenters are WAN ones
   */
  public record Http(
      Map<String, String> responseHeaders,
      List<String> blockedPrefixes,
      List<Network> writers,
      int headerBytesMax,
      boolean translatesAddresses) {
    public Http {
      responseHeaders = Map.copyOf(responseHeaders);
      blockedPrefixes = List.copyOf(blockedPrefixes);
      writers = List.copyOf(writers);
    }
  }

  public record Limits(
      int httpConnectionsPerClient, int rpcConnectionsPerClient, int kvValueBytes) {}

  /**
   * When a server writes a snapshot; 0: as is usual.
   *
   * @param entries of the log after which it does
   * @param trailing entries that are kept behind it
   */
  public record Snapshots(int entries, int trailing) {}

  public record Logging(String level, boolean json) {}

  /** The group that this server begins when it is alone. */
  public boolean isBootstrap() {
    return joining.bootstrapExpect() == 1;
  }
}
