package io.hanse.cli.client;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.nio.charset.StandardCharsets;

/** An answer of the API. Its index is that of the header, 0 without one. */
public final class Response {
  private final int status;
  private final long index;
  private final byte[] body;

  Response(int status, long index, byte[] body) {
    this.status = status;
    this.index = index;
    this.body = body;
  }

  public int status() {
    return status;
  }

  public long index() {
    return index;
  }

  public boolean isOk() {
    return status >= 200 && status < 300;
  }

  public boolean isNotFound() {
    return status == 404;
  }

  /** Itself, where the server did not refuse. */
  public Response orFail() {
    if (!isOk()) {
      throw new ApiException("Unexpected response code: " + status + " (" + text().strip() + ")");
    }
    return this;
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** What a write with a check of the index answers. */
  public boolean isTrue() {
    return text().strip().equals("true");
  }

  public Value json() {
    try {
      return JsonText.parse(text());
    } catch (SyntaxException e) {
      throw new ApiException("the answer is no JSON: " + e.getMessage());
    }
  }
}
