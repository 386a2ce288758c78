package io.hanse.cli.client;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One call of the API. Parameters are sorted by name. */
public record Request(
    String method, String path, Map<String, String> parameters, Optional<byte[]> body) {
  public Request {
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
  }

  public static Request get(String path) {
    return new Request("GET", path, Map.of(), Optional.empty());
  }

  public static Request delete(String path) {
    return new Request("DELETE", path, Map.of(), Optional.empty());
  }

  public static Request post(String path) {
    return new Request("POST", path, Map.of(), Optional.of(new byte[0]));
  }

  public static Request put(String path) {
    return new Request("PUT", path, Map.of(), Optional.of(new byte[0]));
  }

  public Request with(String parameter, String value) {
    Map<String, String> more = new TreeMap<>(parameters);
    more.put(parameter, value);
    return new Request(method, path, more, body);
  }

  /** The same without a parameter that is empty. */
  public Request withUnlessEmpty(String parameter, String value) {
    return value.isEmpty() ? this : with(parameter, value);
  }

  public Request with(Value json) {
    return with(JsonText.compact(json).getBytes(StandardCharsets.UTF_8));
  }

  public Request with(byte[] content) {
    return new Request(method, path, parameters, Optional.of(content));
  }

  /** The path with its parameters, as it goes over the wire. */
  public String target() {
    StringBuilder target = new StringBuilder(path);
    char separator = '?';
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      target
          .append(separator)
          .append(encoded(parameter.getKey()))
          .append('=')
          .append(encoded(parameter.getValue()));
      separator = '&';
    }
    return target.toString();
  }

  /** One segment of a path, so that no name can reach another endpoint. */
  public static String segment(String name) {
    return encoded(name).replace("+", "%20");
  }

  /** A path whose slashes count, as keys of the KV store have them. */
  public static String segments(String path) {
    return segment(path).replace("%2F", "/");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
