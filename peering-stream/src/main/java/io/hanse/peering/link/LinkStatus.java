package io.hanse.peering.link;

import java.util.Optional;

/**
 * How a stream or a call ended, in the words of the wire.
 *
 * @param leader where the leader may be, in the refusal of a server that does not lead
 * @param isNameUnknown nobody was asked, for the name of the address leads nowhere
 */
public record LinkStatus(
    Code code, String text, Optional<LeaderPlace> leader, boolean isNameUnknown) {
  public static final LinkStatus OK = of(Code.OK, "");

  /** The codes of gRPC. */
  public enum Code {
    OK(0),
    CANCELLED(1),
    UNKNOWN(2),
    INVALID_ARGUMENT(3),
    DEADLINE_EXCEEDED(4),
    NOT_FOUND(5),
    ALREADY_EXISTS(6),
    PERMISSION_DENIED(7),
    RESOURCE_EXHAUSTED(8),
    FAILED_PRECONDITION(9),
    ABORTED(10),
    OUT_OF_RANGE(11),
    UNIMPLEMENTED(12),
    INTERNAL(13),
    UNAVAILABLE(14),
    DATA_LOSS(15),
    UNAUTHENTICATED(16);

    private final int number;

    Code(int number) {
      this.number = number;
    }

    /** As on the wire. */
    public int number() {
      return number;
    }
  }

  public LinkStatus(Code code, String text, Optional<LeaderPlace> leader) {
    this(code, text, leader, false);
  }

  public static LinkStatus of(Code code, String text) {
    return new LinkStatus(code, text, Optional.empty());
  }

  public boolean isOk() {
    return code == Code.OK;
  }
}
