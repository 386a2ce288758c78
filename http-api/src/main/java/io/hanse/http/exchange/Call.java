package io.hanse.http.exchange;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One request as its handler sees it. Used on the thread of its executor only. */
public final class Call {
  private final String method;
  private final String path;
  private final Parameters parameters;
  private final UnaryOperator<@Nullable String> headers;
  private final byte[] body;
  private final ScheduledExecutorService executor;

  private String rest = "";
  private @Nullable Path file;
  private boolean isCancelled;
  private @Nullable Runnable onCancel;

  /**
   * @param path decoded once
   * @param headers the value of a header by its name, or null
   * @param executor the one thread of this call
   */
  public Call(
      String method,
      String path,
      Parameters parameters,
      UnaryOperator<@Nullable String> headers,
      byte[] body,
      ScheduledExecutorService executor) {
    this.method = method;
    this.path = path;
    this.parameters = parameters;
    this.headers = headers;
    this.body = body;
    this.executor = executor;
  }

  public String method() {
    return method;
  }

  public String path() {
    return path;
  }

  /** What stands behind the path of the endpoint. */
  public String rest() {
    return rest;
  }

  /** Set once by the router. */
  public void routeTo(String behindPrefix) {
    rest = behindPrefix;
  }

  /**
   * What stands behind the path of the endpoint.
   *
   * @throws HttpProblem 400 with the text given if there is nothing
   */
  public String rest(String complaint) {
    if (rest.isEmpty()) {
      throw HttpProblem.badRequest(complaint);
    }
    return rest;
  }

  public Parameters parameters() {
    return parameters;
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.apply(name));
  }

  /** Not to be changed. */
  public byte[] body() {
    return body;
  }

  /** Set once, where the handler takes a file. */
  public void bodyIn(Path newFile) {
    file = newFile;
  }

  /** The body, where the handler takes a file; deleted when the call is answered. */
  public Path file() {
    return Objects.requireNonNull(file);
  }

  /** Runs everything that belongs to this call; its tasks must not block. */
  public ScheduledExecutorService executor() {
    return executor;
  }

  /** What to do when nobody waits for the answer any more; one action at a time. */
  public void onCancel(Runnable action) {
    onCancel = action;
    if (isCancelled) {
      action.run();
    }
  }

  /** The client is gone. */
  public void cancel() {
    isCancelled = true;
    if (onCancel != null) {
      onCancel.run();
    }
  }
}
