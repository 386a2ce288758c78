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
    LOST_WRITE,
    /** Passes on the first operation only of a transaction that writes. */
    TORN_TRANSACTION,
    /** Gives a lock to whoever asks. */
    DOUBLE_LOCK,
    /** Answers a query that blocked with the first thing that it ever answered. */
    OLD_SIGHT,
    /** Answers that there is no instance of what is imported. */
    LOST_IMPORT
  }

  private record Said(int status, String body, String index) {}

  private static final String INDEX = "X-Consul-Index";

  private final URI target;
  private final Lie lie;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Map<String, Said> firstSeen = new ConcurrentHashMap<>();
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
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String path = exchange.getRequestURI().toString();
    boolean plainWrite = method.equals("PUT") && path.startsWith("/v1/kv/") && !path.contains("?");
    if (plainWrite && lies(Lie.LOST_WRITE)) {
      answer(exchange, new Said(200, "true", ""));
      return;
    }
    int second = body.indexOf(",{\"KV\":{\"Verb\":\"set\"");
    if (second > 0 && lies(Lie.TORN_TRANSACTION)) {
      body = body.substring(0, second) + "]";
    }
    try {
      Said said = pass(method, path, body);
      if (method.equals("GET") && said.status() == 200) {
        boolean blocks = path.contains("index=");
        String what = blocks ? path.substring(0, path.indexOf('?')) : path;
        Said first = firstSeen.putIfAbsent(what, said);
        if (first != null
            && !first.body().equals(said.body())
            && lies(blocks ? Lie.OLD_SIGHT : Lie.STALE_READ)) {
          said = first;
        }
      }
      boolean hasImports = path.contains("peer=") && said.body().contains("\"Service\"");
      if (hasImports && lies(Lie.LOST_IMPORT)) {
        said = new Said(200, "[]", said.index());
      }
      if (path.contains("acquire=") && said.body().equals("false") && lies(Lie.DOUBLE_LOCK)) {
        said = new Said(200, "true", "");
      }
      answer(exchange, said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer(exchange, new Said(502, "interrupted", ""));
    }
  }

  private Said pass(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(target.resolve(path))
            .timeout(Duration.ofSeconds(5))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    String index = response.headers().firstValue(INDEX).orElse("");
    return new Said(response.statusCode(), response.body(), index);
  }

  /** Whether it is about this that it lies, and the time to. */
  private boolean lies(Lie about) {
    if (lie != about || requests.incrementAndGet() % EVERY != 0) {
      return false;
    }
    lies.incrementAndGet();
    return true;
  }

  private static void answer(HttpExchange exchange, Said said) throws IOException {
    byte[] bytes = said.body().getBytes(StandardCharsets.UTF_8);
    if (!said.index().isEmpty()) {
      exchange.getResponseHeaders().set(INDEX, said.index());
    }
    exchange.sendResponseHeaders(said.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
