package io.hanse.jepsen.workload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * One client of one server. It never sends anything twice, and tells apart what surely did not
 * happen from what may have.
 */
final class Api {
  /** What is known about a request. */
  enum Outcome {
    /** It was answered: done, or refused for a reason of its own. */
    ANSWERED,
    /** It surely did not happen. */
    NOT_DONE,
    UNKNOWN
  }

  /**
   * @param index the answer's {@code X-Consul-Index}; 0 where it has none
   */
  record Answer(Outcome outcome, int status, String body, long index) {
    boolean isOk() {
      return outcome == Outcome.ANSWERED && status == 200;
    }

    /** All values of a field, wherever it stands, in order; null as an empty one. */
    List<String> values(String field) {
      List<String> values = new ArrayList<>();
      try (JsonParser json = JSON.createParser(body)) {
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
          if (token == JsonToken.FIELD_NAME && json.currentName().equals(field)) {
            boolean none = json.nextToken() == JsonToken.VALUE_NULL;
            values.add(none ? "" : json.getText());
          }
        }
        return values;
      } catch (IOException e) {
        throw new IllegalStateException("no JSON: " + body, e);
      }
    }

    /** The value of the first key-value entry, decoded. */
    String text() {
      return decode(values("Value").get(0));
    }

    /** The first number of a field. */
    long number(String field) {
      return Long.parseLong(values(field).get(0));
    }

    /** The strings of an array. */
    List<String> strings() {
      List<String> strings = new ArrayList<>();
      try (JsonParser json = JSON.createParser(body)) {
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
          if (token == JsonToken.VALUE_STRING) {
            strings.add(json.getText());
          }
        }
        return strings;
      } catch (IOException e) {
        throw new IllegalStateException("no JSON: " + body, e);
      }
    }
  }

  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final long AWAY_NANOS = Duration.ofMillis(100).toNanos();
  private static final Answer NOT_DONE = new Answer(Outcome.NOT_DONE, 0, "", 0);
  private static final Answer UNKNOWN = new Answer(Outcome.UNKNOWN, 0, "", 0);

  private final HttpClient http;
  private final URI server;
  private final Pulse pulse;

  Api(HttpClient http, URI server, Pulse pulse) {
    this.http = http;
    this.server = server;
    this.pulse = pulse;
  }

  static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Anything but an answer of 200 or 404 says nothing. */
  Answer get(String path) throws InterruptedException {
    return get(path, PATIENCE, true);
  }

  /** The same for a query that blocks for a while. */
  Answer get(String path, Duration patience) throws InterruptedException {
    return get(path, patience, false);
  }

  private Answer get(String path, Duration patience, boolean isQuick) throws InterruptedException {
    Answer answer =
        send(HttpRequest.newBuilder(server.resolve(path)).timeout(patience).GET(), isQuick);
    boolean says = answer.status == 200 || answer.status == 404;
    return says ? answer : UNKNOWN;
  }

  Answer put(String path, String body) throws InterruptedException {
    return write("PUT", path, body);
  }

  Answer post(String path, String body) throws InterruptedException {
    return write("POST", path, body);
  }

  private Answer write(String method, String path, String body) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(PATIENCE)
            .method(method, BodyPublishers.ofString(body)),
        true);
  }

  /**
   * Only an answer says that nothing happened; an error of the server may come after the append.
   */
  private Answer send(HttpRequest.Builder request, boolean isQuick) throws InterruptedException {
    long began = System.nanoTime();
    Answer answer = UNKNOWN;
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() < 500) {
        long index = response.headers().firstValueAsLong("X-Consul-Index").orElse(0);
        answer = new Answer(Outcome.ANSWERED, response.statusCode(), response.body(), index);
      }
    } catch (ConnectException e) {
      answer = NOT_DONE;
    } catch (IOException e) {
      answer = UNKNOWN;
    }
    pulse.note(began, System.nanoTime(), answer.outcome == Outcome.ANSWERED, isQuick);
    if (answer.outcome == Outcome.NOT_DONE) {
      // A server that is down would else be asked at the speed of refusals, and start the later.
      LockSupport.parkNanos(AWAY_NANOS);
    }
    return answer;
  }
}
