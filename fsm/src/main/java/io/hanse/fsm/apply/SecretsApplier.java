package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.conflict;
import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.notFound;
import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.RevokePeeringToken;
import io.hanse.fsm.row.RotateStreamSecret;
import io.hanse.fsm.row.SecretInUse;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Tables;
import java.util.List;
import java.util.Optional;

/** Writes the secrets of peerings, and the set of all that are in use. */
final class SecretsApplier {
  private final Transaction rows;
  private final Peerings peerings;
  private final long nowMillis;

  SecretsApplier(ApplyContext context) {
    rows = context.rows();
    nowMillis = context.timeMillis();
    peerings = new Peerings(rows);
  }

  /** The part of a command that is about secrets. */
  Applied change(String peeringId, WritePeering command) {
    return switch (command.getSecretsCase()) {
      case GENERATE -> generate(peeringId, command);
      case EXCHANGE -> exchange(peeringId, command);
      case PROMOTE -> promote(peeringId, command.getPromote());
      case ESTABLISH -> establish(peeringId, command);
      case SECRETS_NOT_SET -> Applied.DONE;
    };
  }

  private Applied generate(String peeringId, WritePeering write) {
    WritePeering.GenerateToken command = write.getGenerate();
    Peering peering = requirePeering(peeringId);
    if (Peerings.dials(peering)) {
      throw precondition("cannot generate a token for a peering that dials out");
    }
    require(command.getEstablishment(), "establishment");
    PeeringSecrets stored = peerings.secrets(peeringId).orElse(none(peeringId));
    SecretPhases.requireNewest(stored, command.getNumber());
    requireUnused(command.getEstablishment());
    write(stored, SecretPhases.generate(stored, command, write.getRemembers(), nowMillis));
    return Applied.DONE;
  }

  private Applied exchange(String peeringId, WritePeering write) {
    WritePeering.ExchangeSecret command = write.getExchange();
    PeeringSecrets stored =
        peerings
            .secrets(peeringId)
            .orElseThrow(
                () -> precondition("cannot exchange peering secret: no known secrets for peering"));
    require(command.getPendingStream(), "pending stream");
    if (SecretPhases.wasExchanged(stored, command.getEstablishment(), command.getRedeemerNonce())) {
      return Applied.answering(stored.getRedeemedAnswer());
    }
    PeeringSecrets next = SecretPhases.exchange(stored, command, write.getRemembers(), nowMillis);
    requireUnused(command.getPendingStream());
    write(stored, next);
    return Applied.answering(command.getPendingStream());
  }

  private Applied promote(String peeringId, WritePeering.PromotePending command) {
    PeeringSecrets stored =
        peerings
            .secrets(peeringId)
            .orElseThrow(
                () -> precondition("cannot promote pending secret: no known secrets for peering"));
    write(stored, SecretPhases.promote(stored, command.getPendingStream()));
    return Applied.DONE;
  }

  private Applied establish(String peeringId, WritePeering write) {
    WritePeering.Establish command = write.getEstablish();
    if (!Peerings.dials(requirePeering(peeringId))) {
      throw precondition("cannot establish a peering that does not dial out");
    }
    require(command.getActiveStream(), "active stream");
    PeeringSecrets stored = peerings.secrets(peeringId).orElse(none(peeringId));
    if (!command.getReplaced().isEmpty()
        && !SecretPhases.same(stored.getActiveStream(), command.getReplaced())) {
      return Applied.NOT_DONE;
    }
    // The other cluster made it: whether it is unique is not ours to say.
    Tables.PEERING_SECRETS.put(
        rows,
        SecretPhases.establish(
            stored, command.getActiveStream(), write.getRemembers() ? nowMillis : 0));
    return Applied.DONE;
  }

  static Applied revoke(ApplyContext context, RevokePeeringToken command) {
    SecretsApplier secrets = new SecretsApplier(context);
    Peering peering =
        secrets
            .peerings
            .byName(command.getName())
            .orElseThrow(() -> notFound("Peering not found for \"" + command.getName() + "\""));
    if (Peerings.dials(peering)) {
      throw precondition(
          "peering \"" + peering.getName() + "\" came of a token that only its maker can revoke");
    }
    Optional<PeeringSecrets> stored =
        secrets
            .peerings
            .secrets(peering.getId())
            .filter(known -> !known.getEstablishment().isEmpty());
    stored.ifPresent(known -> secrets.write(known, SecretPhases.revoke(known, secrets.nowMillis)));
    return Applied.when(stored.isPresent());
  }

  static Applied rotate(ApplyContext context, RotateStreamSecret command) {
    SecretsApplier secrets = new SecretsApplier(context);
    String id = command.getPeeringId();
    Peering peering = PeeringApplier.requireOpen(secrets.peerings.byId(id));
    if (Peerings.dials(peering)) {
      throw precondition("the secret of a peering that dials out is made by the other cluster");
    }
    require(command.getCurrent(), "current stream");
    PeeringSecrets stored = secrets.peerings.secrets(id).orElse(none(id));
    PeeringSecrets next = SecretPhases.rotate(stored, command.getCurrent(), command.getNext());
    if (command.getNext().isEmpty()) {
      secrets.write(stored, next);
      return Applied.answering(command.getCurrent());
    }
    if (next.getPendingStream().equals(command.getNext())) {
      secrets.requireUnused(command.getNext());
    }
    secrets.write(stored, next);
    return Applied.answering(next.getPendingStream());
  }

  /** In place of those that are stored, by what is known of the peering from elsewhere. */
  void replace(Peering peering, PeeringSecrets next) {
    if (Peerings.dials(peering)) {
      Tables.PEERING_SECRETS.put(rows, next);
    } else {
      write(peerings.secrets(peering.getId()).orElse(none(peering.getId())), next);
    }
  }

  void delete(String peeringId) {
    Optional<PeeringSecrets> stored = peerings.secrets(peeringId);
    if (stored.isPresent()) {
      SecretPhases.values(stored.get()).forEach(secret -> free(secret, peeringId));
      Tables.PEERING_SECRETS.remove(rows, Keys.peering(peeringId));
    }
  }

  /** Writes secrets of an acceptor, and takes note of which values that frees and occupies. */
  private void write(PeeringSecrets stored, PeeringSecrets next) {
    List<String> before = SecretPhases.values(stored).toList();
    List<String> after = SecretPhases.values(next).toList();
    for (String secret : before) {
      if (!after.contains(secret)) {
        free(secret, next.getPeeringId());
      }
    }
    for (String secret : after) {
      if (!before.contains(secret)) {
        byte[] row =
            SecretInUse.newBuilder().setPeeringId(next.getPeeringId()).build().toByteArray();
        rows.put(TableId.SECRETS_IN_USE, Keys.secret(secret), row, rows.publicIndex());
      }
    }
    Tables.PEERING_SECRETS.put(rows, next);
  }

  private void requireUnused(String secret) {
    if (rows.get(TableId.SECRETS_IN_USE, Keys.secret(secret)) != null) {
      throw conflict("peering secret is already in use, retry the operation");
    }
  }

  private void free(String secret, String peeringId) {
    byte[] row = rows.get(TableId.SECRETS_IN_USE, Keys.secret(secret));
    // A dialer's secret may happen to be some acceptor's: then it is not ours to free.
    if (row != null && Stored.secretInUse(row).getPeeringId().equals(peeringId)) {
      rows.remove(TableId.SECRETS_IN_USE, Keys.secret(secret), rows.publicIndex());
    }
  }

  private Peering requirePeering(String peeringId) {
    return peerings
        .byId(peeringId)
        .orElseThrow(() -> precondition("unknown peering \"" + peeringId + "\" for secret"));
  }

  private static void require(String secret, String what) {
    if (secret.isEmpty()) {
      throw invalid("missing " + what + " secret");
    }
  }

  private static PeeringSecrets none(String peeringId) {
    return PeeringSecrets.newBuilder().setPeeringId(peeringId).build();
  }
}
