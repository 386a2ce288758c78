package io.hanse.identity;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server's certificate towards other clusters and proxies: got as soon as there is an
 * authority, found again after a restart, renewed in time and when the active root changes. New
 * handshakes show the newest; open connections go on.
 */
public final class ServerCertificate implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final String datacenter;
  private final CaService authority;
  private final StateReader reader;
  private final InstantSource clock;
  private final ScheduledExecutorService executor;
  private final KeptLeaf kept;

  private volatile @Nullable Leaf leaf;
  private volatile boolean closed;

  // All below: only by the tasks of this object, one at a time.
  private String signedBy = "";
  private boolean busy;
  private Runnable unwatch = () -> {};
  private @Nullable ScheduledFuture<?> next;
  private boolean complained;

  /**
   * @param executor runs what this object has to do, and reads and writes the kept leaf
   * @param kept where it is found again after a restart
   */
  public ServerCertificate(
      String datacenter,
      CaService authority,
      StateReader reader,
      InstantSource clock,
      ScheduledExecutorService executor,
      KeptLeaf kept) {
    this.datacenter = datacenter;
    this.authority = authority;
    this.reader = reader;
    this.clock = clock;
    this.executor = executor;
    this.kept = kept;
  }

  /** Begins to ask; returns at once. */
  public void start() {
    executor.execute(
        () -> {
          findAgain();
          look();
        });
  }

  /** Shown until there is an authority to ask: what has changed meanwhile is seen then. */
  private synchronized void findAgain() {
    kept.load()
        .filter(found -> clock.instant().isBefore(found.leaf().at(Renewal.LATEST)))
        .ifPresent(
            found -> {
              leaf = found.leaf();
              signedBy = found.rootId();
              log.info(
                  "server certificate found again serial={} until={}",
                  found.leaf().serialNumber(),
                  found.leaf().validBefore());
              renewInTime(found.leaf());
            });
  }

  /** The newest one, once there is one. */
  public Optional<Leaf> leaf() {
    return Optional.ofNullable(leaf);
  }

  /** The name that it is for, once there is a trust domain. */
  public Optional<String> serverName() {
    return authority.trustDomain().map(domain -> domain.serverName(datacenter));
  }

  private synchronized void look() {
    if (closed || busy) {
      return;
    }
    unwatch.run();
    Optional<CaRoot> root;
    ReadSet reads;
    long since;
    try (View view = reader.view()) {
      root = new Ca(view).activeRoot();
      reads = view.reads();
      since = view.readIndex();
    }
    unwatch = reader.watch(reads, since, () -> executor.execute(this::look));
    Leaf present = leaf;
    boolean stale =
        present == null
            || (root.isPresent() && !root.get().getId().equals(signedBy))
            || !isOurs(present)
            || !clock.instant().isBefore(present.at(Renewal.LATEST));
    if (root.isPresent() && stale) {
      busy = true;
      ask(root.get().getId());
    }
  }

  private boolean isOurs(Leaf present) {
    return authority
        .trustDomain()
        .map(domain -> present.id().equals(SpiffeId.server(domain, datacenter)))
        .orElse(true);
  }

  private void ask(String rootId) {
    TrustDomain domain = authority.trustDomain().orElseThrow();
    SpiffeId id = SpiffeId.server(domain, datacenter);
    KeyPair keys = Keys.p256();
    String csr = SigningRequest.create(keys, id, List.of(domain.serverName(datacenter)));
    authority
        .signServer(csr)
        .thenApply(signed -> Leaf.of(id, keys, signed.certPem(), signed.index()))
        .whenCompleteAsync((signed, failure) -> answered(rootId, signed, failure), executor);
  }

  private synchronized void answered(
      String rootId, @Nullable Leaf signed, @Nullable Throwable failure) {
    busy = false;
    if (closed) {
      return;
    }
    if (signed == null) {
      if (!complained) {
        complained = true;
        log.warn("server certificate not issued, trying on cause={}", String.valueOf(failure));
      }
      again(RETRY);
      return;
    }
    complained = false;
    leaf = signed;
    signedBy = rootId;
    log.info(
        "server certificate issued serial={} until={}",
        signed.serialNumber(),
        signed.validBefore());
    kept.keep(signed, rootId);
    renewInTime(signed);
    // The root may have changed meanwhile.
    executor.execute(this::look);
  }

  private void renewInTime(Leaf present) {
    Instant renewal = Renewal.pick(present, ThreadLocalRandom.current());
    again(Duration.between(clock.instant(), renewal));
  }

  private void again(Duration pause) {
    ScheduledFuture<?> previous = next;
    if (previous != null) {
      previous.cancel(false);
    }
    next =
        executor.schedule(
            this::renew, Math.max(RETRY.toMillis(), pause.toMillis()), TimeUnit.MILLISECONDS);
  }

  private synchronized void renew() {
    signedBy = "";
    look();
  }

  @Override
  public synchronized void close() {
    closed = true;
    unwatch.run();
    ScheduledFuture<?> pending = next;
    if (pending != null) {
      pending.cancel(false);
    }
  }
}
