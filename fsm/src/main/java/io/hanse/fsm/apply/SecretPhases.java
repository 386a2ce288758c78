package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.conflict;
import static io.hanse.fsm.apply.Refusals.denied;
import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.TokenEnd;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.view.TokenFates;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.stream.Stream;

/**
 * The life of a peering's secrets: each step is a function from what is stored to what is stored
 * next, or a refusal. Source: peering protocol, section 4.1.
 *
 * <pre>
 * generate:  establishment = new            pending, active stay; its number is the next one
 * exchange:  establishment = none           pending = new, active stays
 * promote:   establishment stays            pending = none, active = pending
 * revoke:    establishment = none           pending, active stay
 * rotate:    establishment stays            pending = new, active stays
 * establish: (dialer)                       active = received
 * </pre>
 *
 * <p>A token that ends is remembered where the command wants that.
 */
final class SecretPhases {
  private SecretPhases() {}

  /**
   * A command whose sender leads no more may come late, or again: it must not take the place of a
   * token that was handed out since, nor make one good again that was redeemed.
   */
  static void requireNewest(PeeringSecrets stored, long number) {
    if (number != 0 && number != stored.getTokenNumber() + 1) {
      throw conflict("a newer token of the peering was generated meanwhile, retry the operation");
    }
  }

  static PeeringSecrets generate(
      PeeringSecrets stored,
      WritePeering.GenerateToken command,
      boolean remembers,
      long nowMillis) {
    TokenEnd end =
        TokenFates.newest(stored, nowMillis) == TokenFates.Fate.EXPIRED
            ? TokenEnd.EXPIRED
            : TokenEnd.SUPERSEDED;
    PeeringSecrets.Builder next =
        remembers ? TokenFates.retire(stored, end, nowMillis) : stored.toBuilder();
    if (command.getNumber() != 0) {
      next.setTokenNumber(command.getNumber());
    }
    return next.setEstablishment(command.getEstablishment())
        .setEstablishmentExpiresMillis(command.getExpiresMillis())
        .build();
  }

  static PeeringSecrets revoke(PeeringSecrets stored, long nowMillis) {
    return TokenFates.retire(stored, TokenEnd.REVOKED, nowMillis).build();
  }

  /**
   * Whether this exchange took place before, asked for by the same redeemer, and what it was
   * answered is still good: the answer was lost on its way.
   */
  static boolean wasExchanged(PeeringSecrets stored, String establishment, String nonce) {
    return !nonce.isEmpty()
        && same(stored.getRedeemerNonce(), nonce)
        && same(stored.getRedeemedEstablishment(), establishment)
        && same(stored.getRedeemedAnswer(), stored.getPendingStream());
  }

  static PeeringSecrets exchange(
      PeeringSecrets stored,
      WritePeering.ExchangeSecret command,
      boolean remembers,
      long nowMillis) {
    String establishment = command.getEstablishment();
    String pendingStream = command.getPendingStream();
    String nonce = command.getRedeemerNonce();
    if (stored.getEstablishment().isEmpty()) {
      throw denied("invalid establishment secret: peering was already established");
    }
    if (!same(stored.getEstablishment(), establishment)) {
      throw denied("invalid establishment secret");
    }
    if (TokenFates.newest(stored, nowMillis) == TokenFates.Fate.EXPIRED) {
      throw denied("invalid establishment secret: the token has expired");
    }
    PeeringSecrets.Builder next =
        remembers
            ? TokenFates.retire(stored, TokenEnd.REDEEMED, nowMillis)
            : stored.toBuilder().clearEstablishment().clearEstablishmentExpiresMillis();
    forgetExchange(next.setPendingStream(pendingStream).clearPendingIsRotated());
    if (!nonce.isEmpty()) {
      next.setRedeemerNonce(nonce)
          .setRedeemedEstablishment(establishment)
          .setRedeemedAnswer(pendingStream);
    }
    return next.build();
  }

  static PeeringSecrets promote(PeeringSecrets stored, String pendingStream) {
    if (stored.getPendingStream().isEmpty() || !same(stored.getPendingStream(), pendingStream)) {
      throw denied("invalid pending stream secret");
    }
    // Whoever opens a stream with it has got the answer.
    return forgetExchange(stored.toBuilder().setActiveStream(pendingStream).clearPendingStream())
        .clearPendingIsRotated()
        .build();
  }

  /**
   * What is stored once the dialer that has the current secret was given the next one: that which
   * waits already, where its answer was lost.
   */
  static PeeringSecrets rotate(PeeringSecrets stored, String current, String next) {
    boolean hasPending = !stored.getPendingStream().isEmpty();
    if (hasPending && same(stored.getPendingStream(), current)) {
      PeeringSecrets promoted = promote(stored, current);
      return next.isEmpty() ? promoted : rotate(promoted, current, next);
    }
    if (stored.getActiveStream().isEmpty() || !same(stored.getActiveStream(), current)) {
      throw denied("invalid peering stream secret");
    }
    if (next.isEmpty()) {
      return stored;
    }
    if (hasPending && !stored.getPendingIsRotated()) {
      throw precondition("a token of this peering was redeemed and has yet to be used");
    }
    return hasPending
        ? stored
        : stored.toBuilder().setPendingStream(next).setPendingIsRotated(true).build();
  }

  static PeeringSecrets establish(PeeringSecrets stored, String activeStream, long sinceMillis) {
    return stored.toBuilder()
        .setActiveStream(activeStream)
        .setActiveSinceMillis(sinceMillis)
        .build();
  }

  /** All values that no other peering may have. */
  static Stream<String> values(PeeringSecrets secrets) {
    return Stream.of(
            secrets.getEstablishment(), secrets.getPendingStream(), secrets.getActiveStream())
        .filter(secret -> !secret.isEmpty());
  }

  private static PeeringSecrets.Builder forgetExchange(PeeringSecrets.Builder secrets) {
    return secrets.clearRedeemerNonce().clearRedeemedEstablishment().clearRedeemedAnswer();
  }

  /** In a time that does not depend on how much of them is the same. */
  static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
