package io.hanse.peering.transport;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A development agent of a real Consul, of the program that CONSUL_BIN names. */
final class RealConsul implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final int httpPort;

  RealConsul(String program, Path log) throws IOException {
    List<Integer> ports = freePorts(5);
    httpPort = ports.get(0);
    process =
        new ProcessBuilder(
                program,
                "agent",
                "-dev",
                "-node=consul",
                "-bind=127.0.0.1",
                "-dns-port=-1",
                "-grpc-port=-1",
                "-http-port=" + httpPort,
                "-grpc-tls-port=" + ports.get(1),
                "-server-port=" + ports.get(2),
                "-serf-lan-port=" + ports.get(3),
                "-serf-wan-port=" + ports.get(4))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> get("/v1/connect/ca/roots").contains("BEGIN CERTIFICATE"));
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
        .timeout(Duration.ofSeconds(20));
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  String get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  String post(String path, String body) throws IOException, InterruptedException {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  String token(String peer) throws IOException, InterruptedException {
    String answer = post("/v1/peering/token", "{\"PeerName\":\"" + peer + "\"}");
    Matcher matcher = Pattern.compile("\"PeeringToken\"\\s*:\\s*\"([^\"]+)\"").matcher(answer);
    if (!matcher.find()) {
      throw new AssertionError(answer);
    }
    return matcher.group(1);
  }

  String establish(String peer, String token) throws IOException, InterruptedException {
    return post(
        "/v1/peering/establish",
        "{\"PeerName\":\"" + peer + "\",\"PeeringToken\":\"" + token + "\"}");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
