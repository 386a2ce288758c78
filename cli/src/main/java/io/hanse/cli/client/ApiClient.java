package io.hanse.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/**
 * Calls the HTTP API of one server. It sends each request once: whether to ask again is for those
 * who know what the request means.
 *
 * <p>It stands on {@code HttpURLConnection}, with which a command answers 0.1 s earlier than with
 * {@code java.net.http}.
 */
public final class ApiClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(75);

  /** More than any answer of a command; a server that sends more is no server of ours. */
  private static final int BODY_BYTES_MAX = 256 << 20;

  static {
    // Otherwise it repeats a POST by itself when a kept connection turns out to be closed.
    System.setProperty("sun.net.http.retryPost", "false");
  }

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
    return send(
        request,
        (connection, whole) -> {
          if (whole.body().isPresent()) {
            byte[] body = whole.body().get();
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            try (OutputStream out = connection.getOutputStream()) {
              out.write(body);
            }
          }
          return response(connection);
        });
  }

  /** Puts the body of an answer into the file. Of a refusal nothing goes there. */
  public Response download(Request request, Path file) {
    return send(
        request,
        (connection, whole) -> {
          int status = connection.getResponseCode();
          if (status >= 300) {
            return response(connection);
          }
          try (InputStream in = connection.getInputStream();
              OutputStream out = Files.newOutputStream(file)) {
            in.transferTo(out);
          }
          return new Response(status, index(connection), new byte[0]);
        });
  }

  /** Sends the file as the body. */
  public Response upload(Request request, Path file) {
    return send(
        request,
        (connection, whole) -> {
          connection.setDoOutput(true);
          connection.setFixedLengthStreamingMode(Files.size(file));
          try (OutputStream out = connection.getOutputStream()) {
            Files.copy(file, out);
          } catch (SocketException e) {
            // A server that refuses does not read to the end: its answer says why.
          }
          return response(connection);
        });
  }

  /** What is done over a connection that is ready to be used. */
  @FunctionalInterface
  private interface Exchange {
    Response run(HttpURLConnection connection, Request whole) throws IOException;
  }

  private Response send(Request request, Exchange exchange) {
    Request whole = request;
    for (Map.Entry<String, String> parameter : access.parameters().entrySet()) {
      whole = whole.with(parameter.getKey(), parameter.getValue());
    }
    String url = access.address().url(whole.target());
    try {
      return exchange.run(connect(whole, url), whole);
    } catch (MalformedURLException e) {
      throw new ApiException("parse \"" + url + "\": " + e.getMessage());
    } catch (IOException e) {
      throw new ApiException(
          title(request.method()) + " \"" + url + "\": " + reason(e, access.address().authority()));
    }
  }

  public Response get(String path) {
    return send(Request.get(path));
  }

  private HttpURLConnection connect(Request request, String url) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    connection.setReadTimeout((int) timeout.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestMethod(request.method());
    access.headers().forEach(connection::setRequestProperty);
    if (connection instanceof HttpsURLConnection secure && access.tls().isPresent()) {
      secure.setSSLSocketFactory(access.tls().get());
    }
    return connection;
  }

  private static Response response(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    return new Response(status, index(connection), body(connection, status));
  }

  private static byte[] body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in =
        status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
      if (in == null) {
        return new byte[0];
      }
      byte[] body = in.readNBytes(BODY_BYTES_MAX);
      if (in.read() >= 0) {
        throw new IOException("the answer is larger than " + BODY_BYTES_MAX + " bytes");
      }
      return body;
    }
  }

  private static long index(HttpURLConnection connection) {
    String header = connection.getHeaderField("X-Consul-Index");
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
