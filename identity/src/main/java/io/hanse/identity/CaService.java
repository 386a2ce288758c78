package io.hanse.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.AllocateSerial;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.InitializeCluster;
import io.hanse.fsm.row.PruneCaRoots;
import io.hanse.fsm.row.RotateCa;
import io.hanse.fsm.row.StateQuota;
import io.hanse.fsm.row.WriteCa;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's certificate authority on any server: root and key are in the replicated state, and
 * numbers of certificates come from the log. The rules of who may have what are {@link
 * SigningRules}.
 */
public final class CaService implements LeafSigner {
  /** The text that clients know while there is no root yet. */
  public static final String NOT_INITIALIZED = "CA has not finished initializing";

  /** A server that knows nothing of a quota in this command stops, and does not go its own way. */
  private static final int QUOTA_LEVEL = 3;

  private static final Logger log = LoggerFactory.getLogger(CaService.class);

  private final CaSettings settings;
  private final CommandSubmitter submitter;
  private final StateReader reader;
  private final IdSource ids;
  private final InstantSource clock;
  private final ScheduledExecutorService executor;
  private final IssueRate rate;

  /**
   * Connects to the ports of the state machine.
   *
   * @param executor signs, off the threads that complete commands
   */
  public CaService(
      CaSettings settings,
      CommandSubmitter submitter,
      StateReader reader,
      IdSource ids,
      InstantSource clock,
      ScheduledExecutorService executor) {
    this.settings = settings;
    this.submitter = submitter;
    this.reader = reader;
    this.ids = ids;
    this.clock = clock;
    this.executor = executor;
    this.rate = new IssueRate(settings.csrPerSecondMax(), settings.csrWaitMax(), System.nanoTime());
  }

  /**
   * Gives the cluster its identity and its first root, unless it has them: a duty of each new
   * leader. Done twice it changes nothing. Where a server is there that knows no quotas, the
   * cluster begins with the one that is built in.
   *
   * @param commandLevel up to which all servers understand commands
   */
  public CompletableFuture<Void> initialize(int commandLevel) {
    if (trustDomain().isPresent()) {
      return CompletableFuture.completedFuture(null);
    }
    return serial()
        .thenApplyAsync(
            issue -> submitter.submit(initializing(issue.number(), commandLevel)), executor)
        .thenCompose(result -> result)
        .<Void>thenApply(result -> null)
        .exceptionallyCompose(
            failure ->
                // Another leader may have been first.
                trustDomain().isPresent()
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(failure));
  }

  private Command initializing(long serial, int commandLevel) {
    String clusterId = ids.uuid();
    String uid = uid();
    CaRoot root =
        CertificateAuthority.create(
                TrustDomain.ofCluster(clusterId), uid, Math.max(1, serial), clock.instant())
            .row();
    Struct.Builder config = Struct.newBuilder();
    config.putFields("IntermediateCertTTL", text("8760h"));
    config.putFields("LeafCertTTL", text(settings.leafTtl().toHours() + "h"));
    config.putFields("RootCertTTL", text("87600h"));
    InitializeCluster.Builder begin =
        InitializeCluster.newBuilder()
            .setIdentity(
                ClusterIdentity.newBuilder().setId(clusterId).setDatacenter(settings.datacenter()))
            .setCaConfiguration(
                CaConfiguration.newBuilder().setProvider("consul").setConfig(config))
            .setRoot(root);
    if (Integer.compareUnsigned(commandLevel, QUOTA_LEVEL) < 0) {
      return Command.newBuilder().setInitializeCluster(begin).build();
    }
    begin.setQuota(
        StateQuota.newBuilder()
            .setRowsMax(StoreSettings.NEW_CLUSTER_ROWS)
            .setBytesMax(StoreSettings.NEW_CLUSTER_BYTES));
    return Command.newBuilder().setLevel(QUOTA_LEVEL).setInitializeCluster(begin).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  /**
   * Changes the configuration. Other key parameters than before mean another root: it is signed by
   * the old one across, unless that is not wanted, so that leafs of the new one are believed by
   * those who have not heard of it yet.
   */
  public CompletableFuture<Void> configure(CaPlan plan) {
    CaConfiguration stored;
    CaRoot active;
    TrustDomain domain;
    try (View view = reader.view()) {
      Ca ca = new Ca(view);
      stored = ca.configuration().orElseThrow(CaService::notInitialized);
      active = ca.activeRoot().orElseThrow(CaService::notInitialized);
      domain = ca.trustDomain().map(TrustDomain::new).orElseThrow(CaService::notInitialized);
    }
    if (plan.saysTheSameAs(stored)) {
      return CompletableFuture.completedFuture(null);
    }
    CaConfiguration wanted = plan.configuration().toBuilder().clearState().clearRaftIndex().build();
    long seen = stored.getRaftIndex().getModifyIndex();
    if (plan.key().equals(RootKey.of(stored.getConfig()))) {
      return written(
          Command.newBuilder()
              .setWriteCa(WriteCa.newBuilder().setConfiguration(wanted).setCas(seen)));
    }
    return serials(2)
        .thenApplyAsync(
            issue ->
                Command.newBuilder()
                    .setRotateCa(
                        RotateCa.newBuilder()
                            .setConfiguration(wanted)
                            .setRoot(successor(plan, domain, active, issue.number()))
                            .setCas(seen)
                            .setReplaces(active.getId())),
            executor)
        .thenCompose(this::written)
        .thenRun(() -> log.info("authority has a new root replaced={}", active.getId()));
  }

  /** A new root, numbered by the first of two serials; the second is for the cross certificate. */
  private CaRoot successor(CaPlan plan, TrustDomain domain, CaRoot active, long serial) {
    CertificateAuthority next =
        plan.key().isGiven()
            ? CertificateAuthority.given(domain, plan.key())
            : CertificateAuthority.create(
                domain, uid(), serial, clock.instant(), plan.key(), plan.rootTtl());
    CaRoot.Builder root = next.row().toBuilder();
    if (!plan.configuration().getForceWithoutCrossSigning()) {
      root.addIntermediateCerts(
          CertificateAuthority.of(active).crossSign(next.root(), serial + 1, clock.instant()));
    }
    return root.build();
  }

  private CompletableFuture<Void> written(Command.Builder command) {
    return submitter
        .submit(command.build())
        .thenAccept(
            result -> {
              if (!result.getDone()) {
                throw new ProblemException(
                    ProblemCode.CONFLICT, "could not atomically update roots and config");
              }
            });
  }

  /**
   * Drops roots under which no leaf can be valid any more: a duty of the leader. Done twice it
   * changes nothing.
   */
  public CompletableFuture<Void> prune() {
    long before;
    boolean isNeeded;
    try (View view = reader.view()) {
      Ca ca = new Ca(view);
      Duration ttl = leafTtl(ca);
      before = clock.instant().minus(ttl.multipliedBy(2)).toEpochMilli();
      isNeeded =
          ca.roots().stream()
              .anyMatch(
                  root ->
                      !root.getActive()
                          && root.getRotatedOutAtMillis() != 0
                          && root.getRotatedOutAtMillis() < before);
    }
    if (!isNeeded) {
      return CompletableFuture.completedFuture(null);
    }
    return submitter
        .submit(
            Command.newBuilder()
                .setPruneCaRoots(PruneCaRoots.newBuilder().setRotatedOutBeforeMillis(before))
                .build())
        .thenAccept(result -> log.info("old roots of the authority dropped"));
  }

  private Duration leafTtl(Ca ca) {
    return ca.configuration()
        .filter(CaConfiguration::hasLeafTtl)
        .map(configuration -> Duration.ofSeconds(configuration.getLeafTtl().getSeconds()))
        .orElse(settings.leafTtl());
  }

  private String uid() {
    return ids.uuid().replace("-", "").substring(0, 8);
  }

  /** The name of this cluster's trust domain, once there is one. */
  public Optional<TrustDomain> trustDomain() {
    try (View view = reader.view()) {
      return new Ca(view).trustDomain().map(TrustDomain::new);
    }
  }

  /** All roots, the active one and those that are still trusted. */
  public List<CaRoot> roots() {
    try (View view = reader.view()) {
      return new Ca(view).roots();
    }
  }

  /**
   * Signs a request of a service, a mesh gateway or an agent. DNS names are not granted to them:
   * with one of a server's a proxy could pose as that.
   */
  @Override
  public CompletableFuture<Signed> sign(String csrPem) {
    return sign(csrPem, false);
  }

  /** Signs a request of one of this cluster's own servers, which never comes over the network. */
  CompletableFuture<Signed> signServer(String csrPem) {
    return sign(csrPem, true);
  }

  private CompletableFuture<Signed> sign(String csrPem, boolean server) {
    OptionalLong wait = rate.take(System.nanoTime());
    if (wait.isEmpty()) {
      return CompletableFuture.failedFuture(
          new ProblemException(ProblemCode.OVERLOADED, "Rate limit reached, try again later"));
    }
    Executor turn =
        wait.getAsLong() == 0
            ? executor
            : task -> executor.schedule(task, wait.getAsLong(), TimeUnit.NANOSECONDS);
    return CompletableFuture.supplyAsync(() -> grant(csrPem, server), turn)
        .thenCompose(grant -> serial().thenApplyAsync(issue -> sign(grant, issue), executor));
  }

  /** A request that will be signed, with what is needed for it. */
  private record Grant(
      SigningRequest request, SpiffeId id, List<String> dnsNames, CaRoot root, Duration ttl) {
    @Override
    public String toString() {
      return "Grant[" + id + "]";
    }
  }

  private Grant grant(String csrPem, boolean server) {
    TrustDomain domain;
    CaRoot root;
    Duration ttl;
    try (View view = reader.view()) {
      Ca ca = new Ca(view);
      ttl = leafTtl(ca);
      domain = ca.trustDomain().map(TrustDomain::new).orElseThrow(CaService::notInitialized);
      root = ca.activeRoot().orElseThrow(CaService::notInitialized);
    }
    SigningRequest request = SigningRequest.parse(csrPem);
    SpiffeId id = new SigningRules(domain, settings.datacenter()).judge(request);
    if (!server && id.kind() == SpiffeId.Kind.SERVER) {
      throw new ProblemException(
          ProblemCode.PERMISSION_DENIED, "certificates of servers are for servers only");
    }
    return new Grant(request, id, server ? request.dnsNames() : List.of(), root, ttl);
  }

  private Signed sign(Grant grant, Issue issue) {
    String pem =
        CertificateAuthority.of(grant.root())
            .sign(
                grant.request().key(),
                grant.id(),
                grant.dnsNames(),
                issue.number(),
                clock.instant(),
                grant.ttl());
    return new Signed(pem, issue.index());
  }

  /** A number of a certificate and the index at which it was given out. */
  private record Issue(long number, long index) {}

  private CompletableFuture<Issue> serial() {
    return serials(1);
  }

  /** Numbers one after the other; answers the first. */
  private CompletableFuture<Issue> serials(int count) {
    return submitter
        .submit(
            Command.newBuilder()
                .setAllocateSerial(AllocateSerial.newBuilder().setCount(count))
                .build())
        .thenApply(CaService::issue);
  }

  private static Issue issue(CommandResult result) {
    ByteString payload = result.getPayload();
    if (payload.size() != Long.BYTES) {
      throw new CompletionException(
          new ProblemException(
              ProblemCode.INVARIANT_BROKEN, "a serial of " + payload.size() + " bytes"));
    }
    return new Issue(ByteBuffer.wrap(payload.toByteArray()).getLong(), result.getIndex());
  }

  private static ProblemException notInitialized() {
    return new ProblemException(ProblemCode.FAILED_PRECONDITION, NOT_INITIALIZED);
  }
}
