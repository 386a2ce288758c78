package io.hanse.cli.agent.check;

import io.hanse.fsm.row.CheckType;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Asks over HTTP: 2xx is passing, 429 a warning, all else critical. */
final class HttpProbe implements Probe {
  private static final int TOO_MANY_REQUESTS = 429;

  /** Headers that the JDK's client keeps to itself. */
  private static final Set<String> OWN_HEADERS =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private final HttpClient client;
  private final HostNames names;
  private final CheckType check;
  private final int outputBytesMax;
  private final Duration timeout;

  HttpProbe(
      HttpClient client, HostNames names, CheckType check, int outputBytesMax, Duration timeout) {
    this.client = client;
    this.names = names;
    this.check = check;
    this.outputBytesMax = outputBytesMax;
    this.timeout = timeout;
  }

  private String method() {
    return check.getMethod().isEmpty() ? "GET" : check.getMethod().toUpperCase(Locale.ROOT);
  }

  @Override
  public CompletableFuture<Verdict> run() {
    HttpRequest request;
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(URI.create(check.getHttp()))
              .timeout(timeout)
              .header("Accept", "text/plain, text/*, */*")
              .method(method(), HttpRequest.BodyPublishers.ofString(check.getBody()));
      check
          .getHeaderMap()
          .forEach(
              (name, values) -> {
                if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                  values.getValueList().forEach(value -> builder.header(name, value));
                }
              });
      request = builder.build();
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(Verdict.critical(String.valueOf(e.getMessage())));
    }
    String host = request.uri().getHost();
    // The client would look the name up on one of its few threads. Found here, it is remembered by
    // the system for some seconds; what the address is does not matter.
    CompletableFuture<?> resolved =
        host == null
            ? CompletableFuture.completedFuture(null)
            : names.find(host.replaceAll("^\\[|]$", ""), timeout);
    return resolved
        .thenCompose(address -> ask(request))
        .exceptionally(failure -> Verdict.critical(cause(failure)));
  }

  private CompletableFuture<Verdict> ask(HttpRequest request) {
    Head head = new Head(outputBytesMax);
    CompletableFuture<HttpResponse<Void>> exchange =
        client.sendAsync(request, BodyHandlers.ofByteArrayConsumer(head));
    // The client's own time ends with the headers; a body may take as long again. One that never
    // ends would go on being read, and the next probe with it, unless the exchange is cancelled.
    return exchange
        .copy()
        .orTimeout(2 * timeout.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (response, failure) -> {
              if (failure != null) {
                exchange.cancel(true);
              }
            })
        .handle(
            (response, failure) ->
                response == null
                    ? Verdict.critical(cause(failure))
                    : verdict(response.statusCode(), head.text()));
  }

  /** The beginning of a body; the rest is read and dropped. */
  private static final class Head implements Consumer<Optional<byte[]>> {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final int bytesMax;

    Head(int bytesMax) {
      this.bytesMax = bytesMax;
    }

    @Override
    public void accept(Optional<byte[]> chunk) {
      chunk.ifPresent(
          bytes -> kept.write(bytes, 0, Math.min(bytes.length, bytesMax - kept.size())));
    }

    String text() {
      return kept.toString(StandardCharsets.UTF_8);
    }
  }

  private Verdict verdict(int code, String body) {
    String output = "HTTP %s %s: %d Output: %s".formatted(method(), check.getHttp(), code, body);
    if (code >= 200 && code < 300) {
      return Verdict.passing(output);
    }
    return code == TOO_MANY_REQUESTS ? Verdict.warning(output) : Verdict.critical(output);
  }

  private String cause(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return "%s \"%s\": %s".formatted(method(), check.getHttp(), text);
  }
}
