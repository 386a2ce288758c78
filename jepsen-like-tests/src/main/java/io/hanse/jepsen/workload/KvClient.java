package io.hanse.jepsen.workload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client of the key-value store of one server. It never sends anything twice, and tells apart
 * what surely did not happen from what may have.
 */
final class KvClient {
  /** What became of a request. */
  enum Outcome {
    DONE,
    /** A compare-and-set met another version. */
    REFUSED,
    /** It surely did not happen. */
    NOT_DONE,
    UNKNOWN
  }

  /** A version of a register; no value and index 0 where there is none. */
  record Version(@Nullable String value, long index) {}

  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final HttpClient http;
  private final URI server;

  KvClient(HttpClient http, URI server) {
    this.http = http;
    this.server = server;
  }

  /** Empty where no answer came: such a read says nothing. */
  Optional<Version> read(String key) throws InterruptedException {
    try {
      HttpResponse<String> response =
          http.send(
              request("/v1/kv/" + key + "?consistent").GET().build(), BodyHandlers.ofString());
      return switch (response.statusCode()) {
        case 200 -> Optional.of(parse(response.body()));
        case 404 -> Optional.of(new Version(null, 0));
        default -> Optional.empty();
      };
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  Outcome write(String key, String value) throws InterruptedException {
    return put("/v1/kv/" + key, value);
  }

  Outcome compareAndSet(String key, long index, String value) throws InterruptedException {
    return put("/v1/kv/" + key + "?cas=" + index, value);
  }

  /**
   * Only an answer says that nothing happened; an error of the server may come after the append.
   */
  private Outcome put(String path, String value) throws InterruptedException {
    try {
      HttpRequest request = request(path).PUT(HttpRequest.BodyPublishers.ofString(value)).build();
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        return response.body().strip().equals("true") ? Outcome.DONE : Outcome.REFUSED;
      }
      return response.statusCode() < 500 ? Outcome.NOT_DONE : Outcome.UNKNOWN;
    } catch (ConnectException e) {
      return Outcome.NOT_DONE;
    } catch (IOException e) {
      return Outcome.UNKNOWN;
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE);
  }

  private static Version parse(String body) throws IOException {
    String value = null;
    long index = 0;
    try (JsonParser json = JSON.createParser(body)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token != JsonToken.FIELD_NAME) {
          continue;
        }
        String field = json.currentName();
        json.nextToken();
        if (field.equals("Value")) {
          value = new String(Base64.getDecoder().decode(json.getText()), StandardCharsets.UTF_8);
        } else if (field.equals("ModifyIndex")) {
          index = json.getLongValue();
        }
      }
    }
    return new Version(value, index);
  }
}
