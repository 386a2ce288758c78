package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.denied;

import io.hanse.fsm.row.PeeringSecrets;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.stream.Stream;

/**
 * The life of a peering's secrets: each step is a function from what is stored to what is stored
 * next, or a refusal. Source: peering protocol, section 4.1.
 *
 * <pre>
 * generate:  establishment = new            pending, active stay
 * exchange:  establishment = none           pending = new, active stays
 * promote:   establishment stays            pending = none, active = pending
 * establish: (dialer)                       active = received
 * </pre>
 */
final class SecretPhases {
  private SecretPhases() {}

  static PeeringSecrets generate(PeeringSecrets stored, String establishment) {
    return stored.toBuilder().setEstablishment(establishment).build();
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
      PeeringSecrets stored, String establishment, String pendingStream, String nonce) {
    if (stored.getEstablishment().isEmpty()) {
      throw denied("invalid establishment secret: peering was already established");
    }
    if (!same(stored.getEstablishment(), establishment)) {
      throw denied("invalid establishment secret");
    }
    PeeringSecrets.Builder next =
        forgetExchange(stored.toBuilder().clearEstablishment().setPendingStream(pendingStream));
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
        .build();
  }

  static PeeringSecrets establish(PeeringSecrets stored, String activeStream) {
    return stored.toBuilder().setActiveStream(activeStream).build();
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
  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
