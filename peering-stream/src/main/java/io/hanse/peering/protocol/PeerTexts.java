package io.hanse.peering.protocol;

import io.hanse.fsm.error.Quoted;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.Optional;

/**
 * Bounds of what a peer names and says: names are kept for as long as a stream lasts, and texts are
 * shown, sent back and written to logs. No name that is in use anywhere is nearly as long.
 */
public final class PeerTexts {
  /** Characters of a name, a nonce or the address of a type. */
  static final int NAME_MAX = 1_024;

  /** Characters that are kept of a text. */
  static final int TEXT_MAX = 1_024;

  /** Characters of a name of a stranger: longer than any that a cluster gave. */
  private static final int SHOWN_MAX = 64;

  private PeerTexts() {}

  /** The beginning of a text that is too long, with a word of how much is missing. */
  public static String cut(String text) {
    if (text.length() <= TEXT_MAX) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(TEXT_MAX - 1)) ? TEXT_MAX - 1 : TEXT_MAX;
    return text.substring(0, end) + "... (" + (text.length() - end) + " characters more)";
  }

  /** Whether something is missing at its end. */
  static boolean isCut(String text) {
    return text.length() > TEXT_MAX;
  }

  /** The same of a name that is nobody's yet, on one line. */
  public static String shown(String name) {
    int end = Math.min(name.length(), SHOWN_MAX);
    return Quoted.escaped(name.substring(0, end)) + (end < name.length() ? "..." : "");
  }

  /** What makes a message unfit to be answered, as the answer would have to repeat it. */
  static Optional<String> flaw(ReplicationMessage message) {
    return switch (message.getPayloadCase()) {
      case REQUEST -> flaw(message.getRequest());
      case RESPONSE -> flaw(message.getResponse());
      default -> Optional.empty();
    };
  }

  private static Optional<String> flaw(Request request) {
    return tooLong("nonce", request.getResponseNonce())
        .or(() -> tooLong("resource URL", request.getResourceUrl()))
        .or(() -> tooLong("peer ID", request.getPeerId()));
  }

  private static Optional<String> flaw(Response response) {
    return tooLong("nonce", response.getNonce())
        .or(() -> tooLong("resource URL", response.getResourceUrl()));
  }

  /** What is wrong with a name, if it is too long to be kept. */
  public static Optional<String> tooLong(String what, String text) {
    return text.length() <= NAME_MAX
        ? Optional.empty()
        : Optional.of(
            "received a %s of %d characters, more than %d"
                .formatted(what, text.length(), NAME_MAX));
  }
}
