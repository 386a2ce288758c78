package io.hanse.http.exchange;

import java.util.Map;

/** A failure that an endpoint knows the status of: a request that can never be right. */
public final class HttpProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final transient Map<String, String> headers;

  public HttpProblem(int status, String message) {
    this(status, message, Map.of());
  }

  private HttpProblem(int status, String message, Map<String, String> headers) {
    super(message, null, false, false);
    this.status = status;
    this.headers = headers;
  }

  /** The same, answered with headers. */
  public HttpProblem with(Map<String, String> more) {
    return new HttpProblem(status, String.valueOf(getMessage()), more);
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

  public Map<String, String> headers() {
    return headers;
  }

  public int status() {
    return status;
  }
}
