package io.hanse.http.json;

/** Text that is no JSON of the expected shape. The message is Go's, as clients know it. */
public final class JsonProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  public JsonProblem(String message) {
    super(message, null, false, false);
  }
}
