package io.hanse.http.json;

/** Text that is no JSON of the expected shape. The message is Go's, as clients know it. */
public final class JsonProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String path;

  public JsonProblem(String message) {
    this(message, "");
  }

  /**
   * The same with a place.
   *
   * @param path of the field in the whole; empty where it is not known
   */
  JsonProblem(String message, String path) {
    super(message, null, false, false);
    this.path = path;
  }

  public String path() {
    return path;
  }

  /** The text with the field in front, where that is known, as Consul has it of config entries. */
  public String located() {
    String text = String.valueOf(getMessage());
    return path.isEmpty()
        ? text
        : "1 error(s) decoding:\n\n* error decoding '" + path + "': " + text;
  }
}
