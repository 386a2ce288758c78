package io.hanse.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An HTTP client that sends what it is told, byte for byte, over one connection. */
public final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;

  public RawClient(InetSocketAddress server) throws IOException {
    this(server, new InetSocketAddress(0));
  }

  /** From an address of this host. */
  public RawClient(InetSocketAddress server, InetSocketAddress from) throws IOException {
    socket = new Socket();
    socket.bind(from);
    socket.connect(server, PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** A response; the names of its headers as they were sent. */
  public record Response(int status, Map<String, String> headers, byte[] body) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    public long index() {
      return Long.parseLong(header("X-Consul-Index"));
    }
  }

  /** One exchange over a connection of its own. */
  public static Response exchange(
      InetSocketAddress server,
      String method,
      String path,
      Map<String, String> headers,
      byte @Nullable [] body)
      throws IOException {
    try (RawClient client = new RawClient(server)) {
      client.send(method, path, headers, body);
      return client.receive(method.equals("HEAD"));
    }
  }

  public void send(String method, String path, Map<String, String> headers, byte @Nullable [] body)
      throws IOException {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: test\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (body != null || method.equals("PUT") || method.equals("POST")) {
      head.append("Content-Length: ").append(body == null ? 0 : body.length).append("\r\n");
    }
    sendText(head.append("\r\n").toString());
    if (body != null) {
      socket.getOutputStream().write(body);
    }
  }

  public void sendText(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  public Response receive(boolean ofHead) throws IOException {
    String start = line();
    if (start.isEmpty()) {
      return new Response(0, Map.of(), new byte[0]);
    }
    int status = Integer.parseInt(start.split(" ", 3)[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
    }
    return new Response(status, headers, ofHead ? new byte[0] : body(headers));
  }

  /** As Hanse sends it, or in chunks, as others do. */
  private byte[] body(Map<String, String> headers) throws IOException {
    int length = 0;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      switch (header.getKey().toLowerCase(Locale.ROOT)) {
        case "content-length" -> length = Integer.parseInt(header.getValue());
        case "transfer-encoding" -> {
          return chunks();
        }
        default -> {}
      }
    }
    return in.readNBytes(length);
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      body.write(in.readNBytes(size));
      line();
    }
    line();
    return body.toByteArray();
  }

  /** The first line of a response, and little of what follows. */
  public String receiveStart() throws IOException {
    return line();
  }

  /** Whether the server has closed the connection. */
  public boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
