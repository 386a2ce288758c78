package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.TokenWay;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Peerings;
import io.hanse.identity.CaService;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.link.SecretRedeemer;
import io.hanse.peering.proto.EstablishCall;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Establishes peerings by tokens, on the leader. The peering is stored before it is dialed, so that
 * nothing is lost if this server dies; from then on the same token may be used again. One that is
 * established already stays as it is until the token has proved good: it is dialed by what an older
 * token would bring back.
 */
final class TokenRedeemer {
  private static final Logger LOG = LoggerFactory.getLogger(TokenRedeemer.class);

  private final PeeringSettings settings;
  private final StateReader reader;
  private final IdSource ids;
  private final SecretRedeemer redeemer;
  private final StreamOverlay overlay;
  private final ScheduledExecutorService timers;
  private final AwaitedAuthority authority;
  private final DeletedPeerings deleted;
  private final PeeringWrites writes;
  private final EstablishTurns turns;

  TokenRedeemer(
      PeeringSettings settings,
      CommandSubmitter submitter,
      StateReader reader,
      IdSource ids,
      SecretRedeemer redeemer,
      StreamOverlay overlay,
      ScheduledExecutorService timers,
      AwaitedAuthority authority) {
    this.settings = settings;
    this.reader = reader;
    this.ids = ids;
    this.redeemer = redeemer;
    this.overlay = overlay;
    this.timers = timers;
    this.authority = authority;
    deleted = new DeletedPeerings(submitter, reader);
    writes = new PeeringWrites(submitter, reader);
    turns = new EstablishTurns(settings.establishPatience(), System::nanoTime);
  }

  CompletableFuture<Void> establish(EstablishCall call) {
    PeeringToken token = PeeringToken.decode(call.getToken());
    return turns.take(
        call,
        () ->
            authority
                .awaited()
                .thenCompose(
                    done -> {
                      // What is refused must not end a deleted peering's farewell.
                      requireOther(token);
                      return deleted.makeRoom(call.getName());
                    })
                .thenCompose(done -> establish(call, token)));
  }

  private CompletableFuture<Void> establish(EstablishCall call, PeeringToken token) {
    Optional<Peering> stored = stored(call.getName());
    return keptAddresses(stored, token)
        .thenCompose(kept -> establish(peering(call, token, stored, kept), stored, token))
        .thenApply(written -> null);
  }

  private CompletableFuture<CommandResult> establish(
      Peering peering, Optional<Peering> stored, PeeringToken token) {
    overlay.tokenRefused(peering.getId(), "");
    Optional<TokenWay> way =
        stored.filter(TokenRedeemer::isEstablished).flatMap(now -> way(peering, now));
    return begun(peering, stored, way)
        .thenCompose(
            begun ->
                TokenRedemption.redeem(
                        settings,
                        redeemer,
                        timers,
                        token,
                        candidates(peering),
                        nonce(peering, token))
                    .whenComplete(
                        (secret, failure) -> {
                          if (failure != null) {
                            refused(peering, Failures.line(failure, token.secret()));
                          }
                        }))
        .thenCompose(secret -> finish(peering, stored, secret, PeeringWrites.READS_MAX))
        .exceptionallyCompose(failure -> takenBack(stored, way, failure));
  }

  private void refused(Peering peering, String refusal) {
    overlay.tokenRefused(peering.getId(), refusal);
    LOG.warn(
        "token not redeemed peer={} peering={} with={} text={}",
        peering.getName(),
        peering.getId(),
        Quoted.of(peering.getPeerServerName()),
        Quoted.of(refusal));
  }

  private void requireOther(PeeringToken token) {
    try (View view = reader.view()) {
      String own =
          new Ca(view)
              .trustDomain()
              .map(domain -> new TrustDomain(domain).serverName(settings.datacenter()))
              .orElseThrow(
                  () ->
                      precondition("failed to fetch TLS materials: " + CaService.NOT_INITIALIZED));
      if (own.equals(token.serverName())) {
        throw precondition(
            "cannot create a peering within the same cluster \""
                + own
                + "\". Refer to the `exported-services` documentation if you want to export"
                + " between partitions without peering");
      }
    }
  }

  /** The peering of this name, if it may be established. */
  private Optional<Peering> stored(String name) {
    try (View view = reader.view()) {
      Optional<Peering> stored = new Peerings(view).byName(name);
      if (stored.isPresent() && !Peerings.dials(stored.get())) {
        throw precondition(
            "cannot create peering with name: \""
                + name
                + "\"; there is an existing peering expecting to be dialed");
      }
      return stored;
    }
  }

  /**
   * Stores what is needed before the other cluster is asked: the id by which a token is redeemed
   * again, and what own gateways relay by. Of a peering that is established nothing else changes
   * yet, and nothing at all that another cluster could be dialed by.
   */
  private CompletableFuture<?> begun(
      Peering peering, Optional<Peering> stored, Optional<TokenWay> way) {
    if (stored.filter(TokenRedeemer::isEstablished).isEmpty()) {
      return writes.write(WritePeering.newBuilder().setPeering(peering));
    }
    return writes.changed(
        stored.get(),
        now -> {
          // A Consul's meta is that of the last call, whatever became of it.
          Peering.Builder next = now.toBuilder().clearMeta().putAllMeta(peering.getMetaMap());
          next.clearEstablishing();
          way.ifPresent(next::setEstablishing);
          return next.build();
        });
  }

  private static boolean isEstablished(Peering stored) {
    return stored.getState() == PeeringState.ESTABLISHING;
  }

  /**
   * What gateways of this cluster are to be shown for the time being: by themselves they lead only
   * to where the stored peering says, and the token is another cluster's, or its servers have
   * moved. Empty where they need no more.
   */
  private Optional<TokenWay> way(Peering peering, Peering stored) {
    try (View view = reader.view()) {
      List<String> addresses = DialTargets.addresses(DialTargets.direct(view, peering));
      boolean isKnown =
          peering.getPeerServerName().equals(stored.getPeerServerName())
              && addresses.equals(DialTargets.addresses(DialTargets.direct(view, stored)));
      return isKnown || !MeshGateways.areUsed(view)
          ? Optional.empty()
          : Optional.of(
              TokenWay.newBuilder()
                  .setServerName(peering.getPeerServerName())
                  .addAllAddresses(addresses)
                  .build());
    }
  }

  /** A token that comes to nothing leaves gateways with the ways that they had. */
  private CompletableFuture<CommandResult> takenBack(
      Optional<Peering> stored, Optional<TokenWay> way, Throwable failure) {
    CompletableFuture<?> written =
        way.isEmpty()
            ? CompletableFuture.completedFuture(null)
            : writes.changed(
                stored.get(),
                now ->
                    now.getEstablishing().equals(way.get())
                        ? now.toBuilder().clearEstablishing().build()
                        : now);
    return written.handle((done, refusal) -> failure).thenCompose(CompletableFuture::failedFuture);
  }

  /** Unless the peering was deleted while the other cluster was asked. */
  private CompletableFuture<CommandResult> finish(
      Peering peering, Optional<Peering> stored, String secret, int reads) {
    Peering now;
    try (View view = reader.view()) {
      now =
          new Peerings(view)
              .byId(peering.getId())
              .filter(known -> known.getState() != PeeringState.DELETING)
              .orElseThrow(
                  () ->
                      precondition(
                          "peering \""
                              + peering.getName()
                              + "\" was deleted while it was being established"));
    }
    return writes
        .write(
            established(broughtMeanwhile(peering, stored, now), secret)
                .setExpectedIndex(PeeringWrites.index(now))
                // A stream that still runs to where it was before must change nothing any more.
                .setFencesAnother(true))
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                LOG.info(
                    "peering established peer={} peering={} with={}",
                    peering.getName(),
                    peering.getId(),
                    Quoted.of(peering.getPeerServerName()));
              }
            })
        .exceptionallyCompose(
            failure ->
                PeeringWrites.isConflict(failure) && reads > 1
                    ? finish(peering, stored, secret, reads - 1)
                    : CompletableFuture.failedFuture(failure));
  }

  /** What the stream to the same cluster has brought since is newer than the token. */
  private static Peering broughtMeanwhile(Peering peering, Optional<Peering> stored, Peering now) {
    boolean isSame =
        stored.filter(TokenRedeemer::isEstablished).isPresent()
            && stored.get().getPeerId().equals(peering.getPeerId())
            && now.getPeerId().equals(peering.getPeerId());
    if (!isSame) {
      return peering;
    }
    Peering.Builder next = peering.toBuilder();
    if (!now.getPeerCaPemsList().equals(stored.get().getPeerCaPemsList())) {
      next.clearPeerCaPems().addAllPeerCaPems(now.getPeerCaPemsList());
    }
    if (!now.getPeerServerAddressesList().equals(stored.get().getPeerServerAddressesList())) {
      next.clearPeerServerAddresses().addAllPeerServerAddresses(now.getPeerServerAddressesList());
    }
    return next.build();
  }

  /**
   * While a stream is connected, the addresses it brought are better than the token's, unless that
   * is another cluster's.
   */
  private CompletableFuture<List<String>> keptAddresses(
      Optional<Peering> stored, PeeringToken token) {
    if (stored.filter(known -> known.getPeerId().equals(token.peerId())).isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    return overlay
        .over(List.of(stored.get()))
        .handle(
            (seen, failure) ->
                failure == null && seen.get(0).getState() == PeeringState.ACTIVE
                    ? seen.get(0).getPeerServerAddressesList()
                    : List.of());
  }

  private Peering peering(
      EstablishCall call, PeeringToken token, Optional<Peering> stored, List<String> kept) {
    return Peering.newBuilder()
        .setId(stored.map(Peering::getId).orElseGet(ids::uuid))
        .setName(call.getName())
        .putAllMeta(call.getMetaMap())
        .setPeerId(token.peerId())
        .addAllPeerCaPems(token.caPems())
        .setPeerServerName(token.serverName())
        .addAllPeerServerAddresses(kept.isEmpty() ? token.addresses() : kept)
        .addAllManualServerAddresses(LabelledAddresses.plain(token.manualAddresses()))
        .putAllAddressLabels(LabelledAddresses.labels(token.manualAddresses()))
        .setPreferredLabel(preferredLabel(call, token, stored))
        .setRemote(token.remote())
        .build();
  }

  /** What was preferred is still, where a newer token has it and nobody says otherwise. */
  private static String preferredLabel(
      EstablishCall call, PeeringToken token, Optional<Peering> stored) {
    if (!call.getPreferredLabel().isEmpty()) {
      return call.getPreferredLabel();
    }
    return stored
        .map(Peering::getPreferredLabel)
        .filter(LabelledAddresses.labels(token.manualAddresses())::containsValue)
        .orElse("");
  }

  private List<DialCandidate> candidates(Peering peering) {
    try (View view = reader.view()) {
      return DialTargets.of(view, peering);
    }
  }

  private static WritePeering.Builder established(Peering peering, String secret) {
    return WritePeering.newBuilder()
        .setPeering(peering.toBuilder().setState(PeeringState.ESTABLISHING))
        .setEstablish(WritePeering.Establish.newBuilder().setActiveStream(secret));
  }

  /**
   * Our mark, the same whenever this peering redeems this token: an acceptor that knows it gives
   * the answer again that was lost. Nobody else can make it, for our id of the peering is in it.
   */
  private static String nonce(Peering peering, PeeringToken token) {
    try {
      String seed = "redeemer/" + peering.getId() + "/" + token.peerId() + "/" + token.secret();
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(seed.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new ProblemException(ProblemCode.INVARIANT_BROKEN, "no SHA-256", e);
    }
  }

  private static ProblemException precondition(String text) {
    return new ProblemException(ProblemCode.FAILED_PRECONDITION, text);
  }
}
