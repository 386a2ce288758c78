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
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The cluster's certificate authority on any server: root and key are in the replicated state, and
 * numbers of certificates come from the log. The rules of who may have what are {@link
 * SigningRules}.
 */
public final class CaService implements LeafSigner {
  /** The text that clients know while there is no root yet. */
  public static final String NOT_INITIALIZED = "CA has not finished initializing";

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
   * leader. Done twice it changes nothing.
   */
  public CompletableFuture<Void> initialize() {
    if (trustDomain().isPresent()) {
      return CompletableFuture.completedFuture(null);
    }
    return serial()
        .thenApplyAsync(issue -> submitter.submit(initializing(issue.number())), executor)
        .thenCompose(result -> result)
        .<Void>thenApply(result -> null)
        .exceptionallyCompose(
            failure ->
                // Another leader may have been first.
                trustDomain().isPresent()
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(failure));
  }

  private Command initializing(long serial) {
    String clusterId = ids.uuid();
    String uid = ids.uuid().replace("-", "").substring(0, 8);
    CaRoot root =
        CertificateAuthority.create(
                TrustDomain.ofCluster(clusterId), uid, Math.max(1, serial), clock.instant())
            .row();
    Struct.Builder config = Struct.newBuilder();
    config.putFields("IntermediateCertTTL", text("8760h"));
    config.putFields("LeafCertTTL", text(settings.leafTtl().toHours() + "h"));
    config.putFields("RootCertTTL", text("87600h"));
    return Command.newBuilder()
        .setInitializeCluster(
            InitializeCluster.newBuilder()
                .setIdentity(
                    ClusterIdentity.newBuilder()
                        .setId(clusterId)
                        .setDatacenter(settings.datacenter()))
                .setCaConfiguration(
                    CaConfiguration.newBuilder().setProvider("consul").setConfig(config))
                .setRoot(root))
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
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
  private record Grant(SigningRequest request, SpiffeId id, List<String> dnsNames, CaRoot root) {
    @Override
    public String toString() {
      return "Grant[" + id + "]";
    }
  }

  private Grant grant(String csrPem, boolean server) {
    TrustDomain domain;
    CaRoot root;
    try (View view = reader.view()) {
      Ca ca = new Ca(view);
      domain = ca.trustDomain().map(TrustDomain::new).orElseThrow(CaService::notInitialized);
      root = ca.activeRoot().orElseThrow(CaService::notInitialized);
    }
    SigningRequest request = SigningRequest.parse(csrPem);
    SpiffeId id = new SigningRules(domain, settings.datacenter()).judge(request);
    if (!server && id.kind() == SpiffeId.Kind.SERVER) {
      throw new ProblemException(
          ProblemCode.PERMISSION_DENIED, "certificates of servers are for servers only");
    }
    return new Grant(request, id, server ? request.dnsNames() : List.of(), root);
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
                settings.leafTtl());
    return new Signed(pem, issue.index());
  }

  /** A number of a certificate and the index at which it was given out. */
  private record Issue(long number, long index) {}

  private CompletableFuture<Issue> serial() {
    return submitter
        .submit(
            Command.newBuilder().setAllocateSerial(AllocateSerial.newBuilder().setCount(1)).build())
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
