package io.hanse.jepsen.lab;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before a server and makes of a good system a faulty one: checkers must convict it, or they
 * would convict nobody. It lies about every so manieth request of its kind.
 */
public final class LyingProxy implements AutoCloseable {
  private static final int EVERY = 5;
  private static final int THREADS = 16;

  /** What it lies about. */
  public enum Lie {
    /** Answers a read with the first value that it ever saw under the key. */
    STALE_READ,
    /** Acknowledges a write and does not pass it on. */
    LOST_WRITE
  }

  private final URI target;
  private final Lie lie;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Map<String, String> firstSeen = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger lies = new AtomicInteger();

  public LyingProxy(URI target, Lie lie) throws IOException {
    this.target = target;
    this.lie = lie;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** How often it lied: without a lie there is nothing to convict. */
  public int lies() {
    return lies.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().toString();
    boolean plainWrite = method.equals("PUT") && !path.contains("cas=");
    if (lie == Lie.LOST_WRITE && plainWrite && isTurn()) {
      lies.incrementAndGet();
      answer(exchange, 200, "true");
      return;
    }
    try {
      HttpRequest request =
          HttpRequest.newBuilder(target.resolve(path))
              .timeout(Duration.ofSeconds(5))
              .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      String text = response.body();
      if (method.equals("GET") && response.statusCode() == 200) {
        String first = firstSeen.putIfAbsent(path, text);
        if (lie == Lie.STALE_READ && first != null && !first.equals(text) && isTurn()) {
          lies.incrementAndGet();
          text = first;
        }
      }
      answer(exchange, response.statusCode(), text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer(exchange, 502, "interrupted");
    }
  }

  private boolean isTurn() {
    return requests.incrementAndGet() % EVERY == 0;
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
