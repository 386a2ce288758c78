package io.hanse.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The service behind the sidecar: says who it is, and whether it is well. */
final class AppServer implements AutoCloseable {
  private static final int THREADS = 4;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final String name;
  private volatile boolean healthy = true;

  AppServer(String name, int port) {
    this.name = name;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new DemoFailure("can't start the app " + name + ": " + e.getMessage(), null);
    }
    server.createContext("/", exchange -> answer(exchange, 200, "hello from " + name));
    server.createContext(
        "/health", exchange -> answer(exchange, healthy ? 200 : 500, healthy ? "well" : "ill"));
    server.setExecutor(threads);
    server.start();
  }

  String name() {
    return name;
  }

  void setHealthy(boolean well) {
    healthy = well;
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
