package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import io.hanse.identity.CaService;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.proto.GenerateTokenCall;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes tokens, on the leader. Each holds a new secret; the one before it ceases to be good. They
 * are numbered, so that what a lost leader wrote, which may come to the log late, takes the place
 * of none that the next leader has handed out since.
 */
final class TokenGenerator {
  private static final Logger LOG = LoggerFactory.getLogger(TokenGenerator.class);

  /** Of tokens that are generated at once for one peering, one is numbered in each round. */
  private static final int READS_MAX = 100;

  private final PeeringSettings settings;
  private final CommandSubmitter submitter;
  private final StateReader reader;
  private final Leadership leadership;
  private final IdSource ids;
  private final InstantSource clock;
  private final AwaitedAuthority authority;
  private final DeletedPeerings deleted;

  TokenGenerator(
      PeeringSettings settings,
      CommandSubmitter submitter,
      StateReader reader,
      Leadership leadership,
      IdSource ids,
      InstantSource clock,
      AwaitedAuthority authority) {
    this.settings = settings;
    this.submitter = submitter;
    this.reader = reader;
    this.leadership = leadership;
    this.ids = ids;
    this.clock = clock;
    this.authority = authority;
    deleted = new DeletedPeerings(submitter, reader);
  }

  CompletableFuture<String> generate(GenerateTokenCall call) {
    requireTls();
    long term = leadership.standing().term();
    String secret = ids.uuid();
    // The end is decided here, once; the state machine compares it with the log's own clock.
    Optional<Instant> expires =
        call.getLifetimeMillis() == 0
            ? Optional.empty()
            : Optional.of(
                Instant.ofEpochMilli(Math.addExact(clock.millis(), call.getLifetimeMillis())));
    return authority
        .awaited()
        .thenCompose(
            done -> {
              requireAuthority();
              return deleted.makeRoom(call.getName());
            })
        .thenCompose(done -> write(call, secret, expires, term, READS_MAX))
        .thenApply(
            peeringId -> {
              PeeringToken token = token(call, peeringId, secret, expires);
              LOG.info(
                  "peering token generated peer={} peering={} expires={}",
                  call.getName(),
                  peeringId,
                  expires.map(Instant::toString).orElse("never"));
              return token.encode();
            });
  }

  private void requireTls() {
    if (!settings.connectEnabled()) {
      throw precondition(
          "connect.enabled must be set to true in the server's configuration when generating"
              + " peering tokens");
    }
    if (!settings.grpcTlsEnabled()) {
      throw precondition("TLS for gRPC must be enabled when generating peering tokens");
    }
  }

  private void requireAuthority() {
    try (View view = reader.view()) {
      if (new Ca(view).activeRoot().isEmpty()) {
        throw precondition(CaService.NOT_INITIALIZED);
      }
    }
  }

  /**
   * Stores the secret, and the peering where there is none; answers the peering's id. Where another
   * call has made the peering or a token meanwhile, this one comes after it.
   */
  private CompletableFuture<String> write(
      GenerateTokenCall call, String secret, Optional<Instant> expires, long term, int reads) {
    return write(call, secret, expires, term)
        .exceptionallyCompose(
            failure ->
                PeeringWrites.isConflict(failure) && reads > 1
                    ? write(call, secret, expires, term, reads - 1)
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<String> write(
      GenerateTokenCall call, String secret, Optional<Instant> expires, long term) {
    Optional<Peering> stored;
    long newest;
    boolean isNumbered;
    try (View view = reader.view()) {
      Peerings peerings = new Peerings(view);
      stored = peerings.byName(call.getName());
      newest =
          stored
              .flatMap(peering -> peerings.secrets(peering.getId()))
              .map(PeeringSecrets::getTokenNumber)
              .orElse(0L);
      isNumbered = PeeringWrites.isUnderstood(view, PeeringWrites.NUMBERING_LEVEL);
    }
    requireToLead(term);
    if (stored.filter(Peerings::dials).isPresent()) {
      throw precondition(
          "cannot create peering with name: \""
              + call.getName()
              + "\"; there is already an established peering");
    }
    if (stored.filter(peering -> peering.getState() == PeeringState.TERMINATED).isPresent()) {
      // Consul hands out a token here that can never be redeemed.
      throw precondition(
          "failed to write peering: peering \""
              + call.getName()
              + "\" was terminated by its peer; delete it before generating a new token");
    }
    WritePeering.Builder write =
        WritePeering.newBuilder()
            .setGenerate(
                WritePeering.GenerateToken.newBuilder()
                    .setEstablishment(secret)
                    .setExpiresMillis(expires.map(Instant::toEpochMilli).orElse(0L))
                    .setNumber(isNumbered ? newest + 1 : 0));
    String id;
    if (stored.isPresent()) {
      id = stored.get().getId();
      write.setSecretsOnly(true).setPeering(Peering.newBuilder().setId(id));
    } else {
      id = ids.uuid();
      write.setPeering(
          Peering.newBuilder()
              .setId(id)
              .setName(call.getName())
              .setState(PeeringState.PENDING)
              .putAllMeta(call.getMetaMap()));
    }
    Command.Builder command = SecretExchange.remembered(reader, write).toBuilder();
    if (isNumbered) {
      command.setLevel(PeeringWrites.NUMBERING_LEVEL);
    }
    return submitter
        .submit(command.build())
        .handle(
            (result, failure) -> {
              if (failure != null) {
                throw Failures.prefixed("failed to write peering: ", failure);
              }
              return id;
            });
  }

  private PeeringToken token(
      GenerateTokenCall call, String peeringId, String secret, Optional<Instant> expires) {
    try (View view = reader.view()) {
      Ca ca = new Ca(view);
      TrustDomain domain =
          ca.trustDomain()
              .map(TrustDomain::new)
              .orElseThrow(() -> precondition(CaService.NOT_INITIALIZED));
      List<String> roots =
          ca.roots().stream().map(CaRoot::getRootCert).map(TokenGenerator::ended).toList();
      return new PeeringToken(
          roots,
          LabelledAddresses.of(call.getExternalAddressesList(), call.getAddressLabelsMap()),
          ServerAddresses.forToken(view, knownAddresses(call)),
          domain.serverName(settings.datacenter()),
          peeringId,
          secret,
          RemoteInfo.newBuilder().setDatacenter(settings.datacenter()).build(),
          expires);
    }
  }

  /** Of this server and of the one that was asked, by node in lower case. */
  private Map<String, String> knownAddresses(GenerateTokenCall call) {
    Map<String, String> known = new TreeMap<>();
    known.put(Keys.fold(call.getNode()), call.getAddress());
    known.put(Keys.fold(settings.node()), settings.address());
    known.values().removeIf(String::isEmpty);
    return known;
  }

  private static String ended(String pem) {
    return pem.endsWith("\n") ? pem : pem + "\n";
  }

  /**
   * After what was read: whoever led since may have handed out what is newer than this call, and
   * was read with the rest.
   */
  private void requireToLead(long term) {
    Leadership.Standing standing = leadership.standing();
    if (!standing.self() || standing.term() != term) {
      throw new ProblemException(
          ProblemCode.NO_LEADER, "the leader changed while the token was made; try again");
    }
  }

  private static ProblemException precondition(String text) {
    return new ProblemException(ProblemCode.FAILED_PRECONDITION, text);
  }
}
