package io.hanse.cli.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Calls the HTTP API of one server. It sends each request once: whether to ask again is for those
 * who know what the request means.
 */
public final class ApiClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(75);

  /** How the JDK begins its words for an answer that is no record of TLS. */
  private static final String NO_TLS = "Unsupported or unrecognized SSL message";

  /** How to reach a server. Headers hold secrets: they are never printed. */
  record Access(
      ServerAddress address,
      Map<String, String> headers,
      Map<String, String> parameters,
      Optional<SSLSocketFactory> tls) {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  private final Access access;
  private final Duration timeout;

  ApiClient(Access access) {
    this(access, ANSWER_TIMEOUT);
  }

  private ApiClient(Access access, Duration timeout) {
    this.access = access;
    this.timeout = timeout;
  }

  /** A client without a token for the server at {@code host:port}. */
  public static ApiClient of(String address) {
    return new ApiClient(
        new Access(ServerAddress.parse(address, false), Map.of(), Map.of(), Optional.empty()));
  }

  public ApiClient withTimeout(Duration answer) {
    return new ApiClient(access, answer);
  }

  /** Any answer counts, also a refusal; an {@link ApiException} says that there was none. */
  public Response send(Request request) {
    return send(request, request.body().map(HttpExchange.Content::of), Optional.empty());
  }

  /** Puts the body of an answer into the file. Of a refusal nothing goes there. */
  public Response download(Request request, Path file) {
    return send(request, Optional.empty(), Optional.of(file));
  }

  /** Sends the file as the body. */
  public Response upload(Request request, Path file) {
    return send(request, Optional.of(HttpExchange.Content.of(file)), Optional.empty());
  }

  public Response get(String path) {
    return send(Request.get(path));
  }

  private Response send(
      Request request, Optional<HttpExchange.Content> body, Optional<Path> answerTo) {
    Request whole = request;
    for (Map.Entry<String, String> parameter : access.parameters().entrySet()) {
      whole = whole.with(parameter.getKey(), parameter.getValue());
    }
    String url = access.address().url(whole.target());
    try {
      return exchange(whole, body, answerTo);
    } catch (IOException e) {
      throw new ApiException(
          title(request.method()) + " \"" + url + "\": " + reason(e, access.address().authority()));
    }
  }

  private Response exchange(
      Request request, Optional<HttpExchange.Content> body, Optional<Path> answerTo)
      throws IOException {
    ServerAddress server = access.address();
    Optional<SSLSocketFactory> tls =
        server.isSecure()
            ? access.tls().or(() -> Optional.of((SSLSocketFactory) SSLSocketFactory.getDefault()))
            : Optional.empty();
    try (HttpExchange exchange = HttpExchange.open(server, tls, CONNECT_TIMEOUT, timeout)) {
      HttpExchange.Answer answer =
          exchange.send(
              request.method(),
              server.prefix() + request.target(),
              server.authority(),
              access.headers(),
              body,
              answerTo);
      return new Response(
          answer.status(), index(answer.headers().get("x-consul-index")), answer.body());
    }
  }

  private static long index(@Nullable String header) {
    try {
      return header == null ? 0 : Long.parseUnsignedLong(header);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String reason(IOException e, String authority) {
    if (e instanceof ConnectException) {
      return String.valueOf(e.getMessage()).contains("refused")
          ? "dial tcp " + authority + ": connect: connection refused"
          : "dial tcp " + authority + ": " + e.getMessage();
    }
    if (e instanceof UnknownHostException) {
      return "dial tcp: lookup " + authority.replaceFirst(":\\d+$", "") + ": no such host";
    }
    if (e instanceof NoRouteToHostException) {
      return "dial tcp " + authority + ": connect: no route to host";
    }
    if (e instanceof SSLException && String.valueOf(e.getMessage()).startsWith(NO_TLS)) {
      return "http: server gave HTTP response to HTTPS client";
    }
    if (e instanceof SocketTimeoutException) {
      return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
    }
    return String.valueOf(e.getMessage());
  }

  private static String title(String method) {
    return method.charAt(0) + method.substring(1).toLowerCase(Locale.ROOT);
  }

  static String basic(String userAndPassword) {
    return "Basic "
        + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
  }
}
