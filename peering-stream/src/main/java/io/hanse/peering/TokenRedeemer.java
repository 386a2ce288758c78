package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
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

/**
 * Establishes peerings by tokens, on the leader. The peering is stored before it is dialed, so that
 * nothing is lost if this server dies; from then on the same token may be used again. One that is
 * established already stays as it is until the token has proved good: it is dialed by what an older
 * token would bring back.
 */
final class TokenRedeemer {
  private final PeeringSettings settings;
  private final CommandSubmitter submitter;
  private final StateReader reader;
  private final IdSource ids;
  private final SecretRedeemer redeemer;
  private final StreamOverlay overlay;
  private final ScheduledExecutorService timers;
  private final DeletedPeerings deleted;

  TokenRedeemer(
      PeeringSettings settings,
      CommandSubmitter submitter,
      StateReader reader,
      IdSource ids,
      SecretRedeemer redeemer,
      StreamOverlay overlay,
      ScheduledExecutorService timers) {
    this.settings = settings;
    this.submitter = submitter;
    this.reader = reader;
    this.ids = ids;
    this.redeemer = redeemer;
    this.overlay = overlay;
    this.timers = timers;
    deleted = new DeletedPeerings(submitter, reader);
  }

  CompletableFuture<Void> establish(EstablishCall call) {
    PeeringToken token = PeeringToken.decode(call.getToken());
    return deleted.makeRoom(call.getName()).thenCompose(done -> establish(call, token));
  }

  private CompletableFuture<Void> establish(EstablishCall call, PeeringToken token) {
    Optional<Peering> stored = stored(call.getName(), token);
    return keptAddresses(stored, token)
        .thenCompose(
            kept -> {
              Peering peering = peering(call, token, stored, kept);
              return begun(peering, stored)
                  .thenCompose(
                      written ->
                          TokenRedemption.redeem(
                              settings,
                              redeemer,
                              timers,
                              token,
                              candidates(peering),
                              nonce(peering, token)))
                  .thenCompose(secret -> write(established(peering, secret)));
            })
        .thenApply(written -> null);
  }

  /** The peering of this name, if it may be established. */
  private Optional<Peering> stored(String name, PeeringToken token) {
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

  /** Without a write where the peering has its id already, by which a token is redeemed again. */
  private CompletableFuture<?> begun(Peering peering, Optional<Peering> stored) {
    boolean isEstablished =
        stored.filter(known -> known.getState() == PeeringState.ESTABLISHING).isPresent();
    return isEstablished
        ? CompletableFuture.completedFuture(null)
        : write(WritePeering.newBuilder().setPeering(peering));
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

  private CompletableFuture<CommandResult> write(WritePeering.Builder write) {
    return submitter
        .submit(
            write.hasEstablish()
                ? SecretExchange.remembered(write.setRemembers(true))
                : Command.newBuilder().setWritePeering(write).build())
        .handle(
            (result, failure) -> {
              if (failure != null) {
                throw Failures.prefixed("failed to write peering: ", failure);
              }
              return result;
            });
  }

  private static ProblemException precondition(String text) {
    return new ProblemException(ProblemCode.FAILED_PRECONDITION, text);
  }
}
