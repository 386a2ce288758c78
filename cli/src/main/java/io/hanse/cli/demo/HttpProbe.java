package io.hanse.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One request over one new connection, answered or not. The JDK's clients would ask a second time
 * by themselves, and so hide what the demo measures.
 */
final class HttpProbe {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int ANSWER_BYTES_MAX = 64 << 10;

  private HttpProbe() {}

  /** The body of the answer; an exception says why there is none. */
  static String get(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
      if (answer.isEmpty()) {
        throw new IOException("the connection was closed without an answer");
      }
      int body = answer.indexOf("\r\n\r\n");
      if (!answer.startsWith("HTTP/1.1 200 ") || body < 0) {
        throw new IOException("unexpected answer: " + answer.lines().findFirst().orElse(""));
      }
      return answer.substring(body).strip();
    }
  }
}
