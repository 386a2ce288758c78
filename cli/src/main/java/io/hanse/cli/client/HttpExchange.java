package io.hanse.cli.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends one request of HTTP/1.1 over a connection of its own and reads the answer. It never asks a
 * second time and follows no redirect.
 *
 * <p>The JDK's clients do much more, and a command that calls them starts 0.1 s later.
 */
final class HttpExchange implements AutoCloseable {
  private static final int LINE_BYTES_MAX = 64 << 10;
  private static final int HEADERS_MAX = 1_000;

  /** More than any answer of a command; a server that sends more is no server of ours. */
  private static final long BODY_BYTES_MAX = 256 << 20;

  private static final int COPY_BYTES = 64 << 10;

  /** The body of a request. */
  interface Content {
    long length() throws IOException;

    void writeTo(OutputStream out) throws IOException;

    static Content of(byte[] bytes) {
      return new Content() {
        @Override
        public long length() {
          return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
          out.write(bytes);
        }
      };
    }

    static Content of(Path file) {
      return new Content() {
        @Override
        public long length() throws IOException {
          return Files.size(file);
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
          Files.copy(file, out);
        }
      };
    }
  }

  /** The names of headers in lower case. */
  record Answer(int status, Map<String, String> headers, byte[] body) {}

  private final Socket socket;
  private final InputStream in;

  private HttpExchange(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects; {@code tls} is there for https. */
  static HttpExchange open(
      ServerAddress server, Optional<SSLSocketFactory> tls, Duration connecting, Duration answering)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException(server.host());
    }
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(address, (int) connecting.toMillis());
      socket.setSoTimeout((int) answering.toMillis());
      return new HttpExchange(tls.isPresent() ? secured(tls.get(), socket, server) : socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static Socket secured(SSLSocketFactory tls, Socket plain, ServerAddress server)
      throws IOException {
    SSLSocket secure =
        (SSLSocket) tls.createSocket(plain, server.host(), server.port(), /* autoClose= */ true);
    SSLParameters parameters = secure.getSSLParameters();
    // Without it any certificate of the authority would do for any host.
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    return secure;
  }

  Answer send(
      String method,
      String target,
      String authority,
      Map<String, String> headers,
      Optional<Content> body)
      throws IOException {
    return send(method, target, authority, headers, body, Optional.empty());
  }

  /**
   * The same.
   *
   * @param file where the body of an answer goes that is no refusal, however large it is
   */
  Answer send(
      String method,
      String target,
      String authority,
      Map<String, String> headers,
      Optional<Content> body,
      Optional<Path> file)
      throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    add(head, "Host", authority);
    add(head, "Connection", "close");
    for (Map.Entry<String, String> header : headers.entrySet()) {
      add(head, header.getKey(), header.getValue());
    }
    if (body.isPresent()) {
      add(head, "Content-Length", Long.toString(body.get().length()));
    }
    OutputStream out = new BufferedOutputStream(socket.getOutputStream(), COPY_BYTES);
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    try {
      if (body.isPresent()) {
        body.get().writeTo(out);
      }
      out.flush();
    } catch (SocketException e) {
      // A server that refuses does not read to the end: its answer, if there is one, says why.
    }
    return read(file);
  }

  /** A token with a line break in it must not become a header of its own. */
  private static void add(StringBuilder head, String name, String value) throws IOException {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IOException("net/http: invalid header field value for \"" + name + "\"");
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private Answer read(Optional<Path> file) throws IOException {
    String[] start = line().split(" ", 3);
    while (start.length > 1 && start[1].equals("100")) {
      headers();
      start = line().split(" ", 3);
    }
    if (start.length < 2 || !start[0].startsWith("HTTP/1.")) {
      throw new IOException("malformed HTTP response \"" + start[0] + "\"");
    }
    int status = (int) number(start[1], 10, "malformed HTTP status code");
    Map<String, String> headers = headers();
    if (file.isPresent() && status < 300) {
      try (OutputStream out = Files.newOutputStream(file.get())) {
        readBody(status, headers, out, Long.MAX_VALUE);
      }
      return new Answer(status, headers, new byte[0]);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    readBody(status, headers, body, BODY_BYTES_MAX);
    return new Answer(status, headers, body.toByteArray());
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || headers.size() >= HEADERS_MAX) {
        throw new IOException("malformed HTTP header");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return headers;
  }

  private void readBody(int status, Map<String, String> headers, OutputStream out, long max)
      throws IOException {
    if (status == 204 || status == 304) {
      return;
    }
    String declared = headers.get("content-length");
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      readChunks(out, max);
    } else if (declared == null) {
      readRest(out, max);
    } else {
      read(number(declared, 10, "bad Content-Length"), out, max);
    }
  }

  private void readRest(OutputStream out, long max) throws IOException {
    byte[] part = new byte[COPY_BYTES];
    long left = max;
    for (int count = in.read(part); count >= 0; count = in.read(part)) {
      requireBounded(count, left);
      left -= count;
      out.write(part, 0, count);
    }
  }

  private void read(long length, OutputStream out, long max) throws IOException {
    requireBounded(length, max);
    byte[] part = new byte[(int) Math.min(COPY_BYTES, length)];
    long left = length;
    while (left > 0) {
      int count = in.read(part, 0, (int) Math.min(part.length, left));
      if (count < 0) {
        throw new IOException("unexpected EOF");
      }
      out.write(part, 0, count);
      left -= count;
    }
  }

  private void readChunks(OutputStream out, long max) throws IOException {
    long left = max;
    while (true) {
      long length = number(line().split(";", 2)[0].strip(), 16, "invalid chunk length");
      if (length == 0) {
        headers();
        return;
      }
      read(length, out, left);
      left -= length;
      if (!line().isEmpty()) {
        throw new IOException("malformed chunked encoding");
      }
    }
  }

  private static void requireBounded(long length, long max) throws IOException {
    if (length > max) {
      throw new IOException("the answer is larger than " + BODY_BYTES_MAX + " bytes");
    }
  }

  private static long number(String text, int radix, String problem) throws IOException {
    try {
      long number = Long.parseLong(text, radix);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a negative one.
    }
    throw new IOException(problem + " \"" + text + "\"");
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("EOF");
      }
      if (line.size() >= LINE_BYTES_MAX) {
        throw new IOException("a line of the answer is too long");
      }
      line.write(next);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
