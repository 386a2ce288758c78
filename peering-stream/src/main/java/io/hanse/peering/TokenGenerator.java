package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Peerings;
import io.hanse.identity.CaService;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.proto.GenerateTokenCall;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes tokens, on the leader. Each holds a new secret; the one before it ceases to be good. */
final class TokenGenerator {
  private static final Logger LOG = LoggerFactory.getLogger(TokenGenerator.class);

  private final PeeringSettings settings;
  private final CommandSubmitter submitter;
  private final StateReader reader;
  private final IdSource ids;
  private final InstantSource clock;
  private final AwaitedAuthority authority;
  private final DeletedPeerings deleted;

  TokenGenerator(
      PeeringSettings settings,
      CommandSubmitter submitter,
      StateReader reader,
      IdSource ids,
      InstantSource clock,
      AwaitedAuthority authority) {
    this.settings = settings;
    this.submitter = submitter;
    this.reader = reader;
    this.ids = ids;
    this.clock = clock;
    this.authority = authority;
    deleted = new DeletedPeerings(submitter, reader);
  }

  CompletableFuture<String> generate(GenerateTokenCall call) {
    requireTls();
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
        .thenCompose(done -> write(call, secret, expires))
        .exceptionallyCompose(
            failure ->
                // Another call may have made the peering meanwhile: then this one joins it.
                isConflict(failure)
                    ? write(call, secret, expires)
                    : CompletableFuture.failedFuture(failure))
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

  /** Stores the secret, and the peering where there is none; answers the peering's id. */
  private CompletableFuture<String> write(
      GenerateTokenCall call, String secret, Optional<Instant> expires) {
    Optional<Peering> stored;
    try (View view = reader.view()) {
      stored = new Peerings(view).byName(call.getName());
    }
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
                    .setExpiresMillis(expires.map(Instant::toEpochMilli).orElse(0L)));
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
    return submitter
        .submit(SecretExchange.remembered(reader, write))
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
          ServerAddresses.forToken(view),
          domain.serverName(settings.datacenter()),
          peeringId,
          secret,
          RemoteInfo.newBuilder().setDatacenter(settings.datacenter()).build(),
          expires);
    }
  }

  private static String ended(String pem) {
    return pem.endsWith("\n") ? pem : pem + "\n";
  }

  private static boolean isConflict(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ProblemException problem && problem.code() == ProblemCode.CONFLICT;
  }

  private static ProblemException precondition(String text) {
    return new ProblemException(ProblemCode.FAILED_PRECONDITION, text);
  }
}
