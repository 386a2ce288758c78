package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * The authority that follows from a shared key: whoever has the key makes the same one, without
 * asking anybody. So servers can prove themselves to each other before there is a leader or any
 * state, which an authority kept in the state could not give them.
 */
final class SharedKeyAuthority {
  /** Other uses of the same key, later, get another text. */
  private static final String PURPOSE = "hanse/servers/authority/1";

  private static final String CURVE = "secp256r1";
  private static final String MAC = "HmacSHA512";
  private static final int NAME_BYTES = 4;

  /** The anchor itself is not shown to anybody and has no end but that of its key. */
  private static final Duration TTL = Duration.ofDays(36_500);

  private SharedKeyAuthority() {}

  /** The key is always the same, the certificate of it is made anew. */
  static OperatorAuthority of(SharedKey shared, Instant now) {
    KeyPair keys = keys(shared);
    byte[] name = Keys.digest("SHA-256", keys.getPublic().getEncoded());
    return OperatorAuthority.of(
        "Hanse servers " + HexFormat.of().formatHex(name, 0, NAME_BYTES), keys, TTL, now);
  }

  private static KeyPair keys(SharedKey shared) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(shared.secret(), MAC));
      byte[] derived = mac.doFinal(PURPOSE.getBytes(StandardCharsets.UTF_8));
      X9ECParameters curve = CustomNamedCurves.getByName(CURVE);
      // 512 bits for a number of 256: what the remainder prefers can't be told from chance.
      BigInteger secret =
          new BigInteger(1, derived).mod(curve.getN().subtract(BigInteger.ONE)).add(BigInteger.ONE);
      org.bouncycastle.math.ec.ECPoint point =
          new FixedPointCombMultiplier().multiply(curve.getG(), secret).normalize();
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(CURVE));
      ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
      ECPoint affine =
          new ECPoint(
              point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
      KeyFactory factory = KeyFactory.getInstance("EC");
      return new KeyPair(
          factory.generatePublic(new ECPublicKeySpec(affine, spec)),
          factory.generatePrivate(new ECPrivateKeySpec(secret, spec)));
    } catch (GeneralSecurityException e) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN, "this Java has no elliptic curve P-256", e);
    }
  }
}
