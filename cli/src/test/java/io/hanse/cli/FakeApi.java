package io.hanse.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that gives the same answer to each request of a path, and remembers what it got. */
public final class FakeApi implements AutoCloseable {
  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  public FakeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  /** Answers all below the path with the text, where apostrophes stand for quotation marks. */
  public FakeApi with(String path, String json) {
    return with(path, 200, json.replace('\'', '"'));
  }

  /** What an answer waits for. */
  public interface Pause {
    void await() throws InterruptedException;
  }

  /** Answers all below the path with nothing, once something has happened. */
  public FakeApi after(String path, Pause pause) {
    server.createContext(
        path,
        exchange -> {
          requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          try {
            pause.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    return this;
  }

  /** Refuses all below the path, in these words. */
  public FakeApi refusing(String path, String words) {
    return with(path, 500, words);
  }

  /** Answers as {@link #with} to what does not ask for details, and refuses these. */
  public FakeApi withoutDetails(String path, String json, String words) {
    server.createContext(
        path,
        exchange -> {
          requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          boolean isRefused = exchange.getRequestURI().getQuery() != null;
          answer(exchange, isRefused ? 500 : 200, isRefused ? words : json.replace('\'', '"'));
        });
    return this;
  }

  private FakeApi with(String path, int status, String text) {
    server.createContext(
        path,
        exchange -> {
          requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          answer(exchange, status, text);
        });
    return this;
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] answer = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  public List<String> requests() {
    return requests;
  }

  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  public CommandRun.Result run(String... args) {
    return new CommandRun().with("HANSE_HTTP_ADDR", address()).run(args);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
