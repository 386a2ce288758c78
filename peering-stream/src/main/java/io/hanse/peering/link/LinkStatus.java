package io.hanse.peering.link;

import java.util.Optional;

/**
 * How a stream or a call ended, in the words of the wire.
 *
 * @param leaderAddress where the leader may be, in the refusal of a server that does not lead
 */
public record LinkStatus(Code code, String text, Optional<String> leaderAddress) {
  public static final LinkStatus OK = of(Code.OK, "");

  /** The codes of gRPC; the number is the wire's. */
  public enum Code {
    OK,
    CANCELLED,
    UNKNOWN,
    INVALID_ARGUMENT,
    DEADLINE_EXCEEDED,
    NOT_FOUND,
    ALREADY_EXISTS,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION,
    ABORTED,
    OUT_OF_RANGE,
    UNIMPLEMENTED,
    INTERNAL,
    UNAVAILABLE,
    DATA_LOSS,
    UNAUTHENTICATED
  }

  public static LinkStatus of(Code code, String text) {
    return new LinkStatus(code, text, Optional.empty());
  }

  public boolean isOk() {
    return code == Code.OK;
  }
}
