package io.hanse.peering.transport;

import io.grpc.Metadata;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.link.SecretFollower;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What both ends may do beyond Consul's protocol, announced in metadata, which a real Consul
 * ignores.
 */
final class Extensions {
  /** This end knows the marks of redeemers. */
  static final String REDEEMER_NONCE = "redeemer-nonce";

  /** This end understands why a token is refused. */
  static final String TOKEN_REASONS = "token-reasons";

  /** All that this version announces. */
  static final Set<String> OURS =
      Set.of(
          REDEEMER_NONCE,
          TOKEN_REASONS,
          SecretFollower.EXTENSION,
          Outbound.CHANGES,
          Outbound.PROMPT_HEARTBEATS);

  static final Metadata.Key<String> NONCE =
      Metadata.Key.of("hanse-redeemer-nonce", Metadata.ASCII_STRING_MARSHALLER);

  /** Of an exchange that is no redemption: what is shown is a stream secret. */
  static final Metadata.Key<String> ROTATION =
      Metadata.Key.of("hanse-secret-rotation", Metadata.ASCII_STRING_MARSHALLER);

  /** The next secret is asked for. */
  static final String ROTATION_NEXT = "next";

  /** The secret that was given is stored. */
  static final String ROTATION_STORED = "stored";

  private static final Metadata.Key<String> ANNOUNCED =
      Metadata.Key.of("hanse-extensions", Metadata.ASCII_STRING_MARSHALLER);
  private static final int COUNT_MAX = 32;

  private Extensions() {}

  static Metadata announce(Collection<String> extensions) {
    Metadata headers = new Metadata();
    headers.put(ANNOUNCED, String.join(",", extensions.stream().sorted().toList()));
    return headers;
  }

  static Set<String> read(@Nullable Metadata headers) {
    String text = headers == null ? null : headers.get(ANNOUNCED);
    if (text == null) {
      return Set.of();
    }
    Set<String> extensions = new LinkedHashSet<>();
    Arrays.stream(text.split(",", COUNT_MAX)).map(String::strip).forEach(extensions::add);
    return extensions;
  }
}
