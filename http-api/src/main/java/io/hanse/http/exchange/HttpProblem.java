package io.hanse.http.exchange;

/** A failure that an endpoint knows the status of: a request that can never be right. */
public final class HttpProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  public HttpProblem(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  public static HttpProblem badRequest(String message) {
    return new HttpProblem(400, message);
  }

  public static HttpProblem notFound(String message) {
    return new HttpProblem(404, message);
  }

  public static HttpProblem internal(String message) {
    return new HttpProblem(500, message);
  }

  public int status() {
    return status;
  }
}
