package io.hanse.cli.client;

/** The server could not be asked, or refused. The message is what Consul's client would say. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ApiException(String message) {
    super(message);
  }
}
