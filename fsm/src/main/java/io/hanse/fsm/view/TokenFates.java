package io.hanse.fsm.view;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.RetiredToken;
import io.hanse.fsm.row.TokenEnd;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Knows what became of the tokens of a peering: good, or why not. Of tokens that are good no more
 * only digests are kept, and only of the last few.
 */
public final class TokenFates {
  private static final int KEPT_MAX = 16;

  /** How a token stands. */
  public enum Fate {
    GOOD("unused", ""),
    REDEEMED("redeemed", ""),
    EXPIRED("expired", "the token has expired"),
    REVOKED("revoked", "the token was revoked"),
    SUPERSEDED("superseded", ""),
    UNKNOWN("", "");

    private final String word;
    private final String reason;

    Fate(String word, String reason) {
      this.word = word;
      this.reason = reason;
    }

    /** What an operator is shown. */
    public String word() {
      return word;
    }

    /** What is said beyond what Consul says to who comes with it; Consul knows of no other ends. */
    public String reason() {
      return reason;
    }
  }

  private TokenFates() {}

  /** How the token with this establishment secret stands. */
  public static Fate of(PeeringSecrets stored, String establishment, long nowMillis) {
    if (establishment.isEmpty()) {
      return Fate.UNKNOWN;
    }
    if (same(stored.getEstablishment(), establishment)) {
      return newest(stored, nowMillis);
    }
    byte[] digest = Keys.digest(establishment);
    for (RetiredToken retired : stored.getRetiredTokensList()) {
      if (MessageDigest.isEqual(retired.getDigest().toByteArray(), digest)) {
        return fate(retired.getEnd());
      }
    }
    return Fate.UNKNOWN;
  }

  /** How the token that was generated last stands. */
  public static Fate newest(PeeringSecrets stored, long nowMillis) {
    if (!stored.getEstablishment().isEmpty()) {
      long expires = stored.getEstablishmentExpiresMillis();
      return expires > 0 && nowMillis >= expires ? Fate.EXPIRED : Fate.GOOD;
    }
    return stored.getRetiredTokensCount() == 0
        ? Fate.UNKNOWN
        : fate(stored.getRetiredTokens(0).getEnd());
  }

  private static Fate fate(TokenEnd end) {
    return switch (end) {
      case REDEEMED -> Fate.REDEEMED;
      case EXPIRED -> Fate.EXPIRED;
      case REVOKED -> Fate.REVOKED;
      case SUPERSEDED -> Fate.SUPERSEDED;
      case TOKEN_END_UNKNOWN, UNRECOGNIZED -> Fate.UNKNOWN;
    };
  }

  /** The same secrets without a token to redeem, and knowing what became of the one there was. */
  public static PeeringSecrets.Builder retire(PeeringSecrets stored, TokenEnd end, long nowMillis) {
    PeeringSecrets.Builder next =
        stored.toBuilder().clearEstablishment().clearEstablishmentExpiresMillis();
    if (stored.getEstablishment().isEmpty()) {
      return next;
    }
    next.clearRetiredTokens()
        .addRetiredTokens(
            RetiredToken.newBuilder()
                .setDigest(ByteString.copyFrom(Keys.digest(stored.getEstablishment())))
                .setEnd(end)
                .setAtMillis(nowMillis));
    stored.getRetiredTokensList().stream().limit(KEPT_MAX - 1).forEach(next::addRetiredTokens);
    return next;
  }

  /** In a time that does not depend on how much of them is the same. */
  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
