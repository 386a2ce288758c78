package io.hanse.peering.link;

/** A call that failed, with the status of the wire. Its text holds no secret. */
public final class LinkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient LinkStatus status;

  public LinkException(LinkStatus status) {
    super(status.text());
    this.status = status;
  }

  public LinkException(LinkStatus.Code code, String text) {
    this(LinkStatus.of(code, text));
  }

  public LinkStatus status() {
    return status;
  }
}
