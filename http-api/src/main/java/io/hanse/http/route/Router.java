package io.hanse.http.route;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the endpoint of a path: the exact one, else the longest that the path is below. */
public final class Router {
  private final Map<String, Endpoint> byPath = new TreeMap<>();

  public Router(List<Endpoint> endpoints) {
    for (Endpoint endpoint : endpoints) {
      if (byPath.put(endpoint.path(), endpoint) != null) {
        throw new IllegalArgumentException("two endpoints have the path " + endpoint.path());
      }
    }
  }

  /**
   * An endpoint and what of the path stands behind it.
   *
   * @param rest "" unless the endpoint is a subtree
   */
  public record Match(Endpoint endpoint, String rest) {}

  public Optional<Match> match(String path) {
    Endpoint exact = byPath.get(path);
    if (exact != null) {
      return Optional.of(new Match(exact, ""));
    }
    for (int slash = path.lastIndexOf('/'); slash >= 0; slash = path.lastIndexOf('/', slash - 1)) {
      Endpoint below = byPath.get(path.substring(0, slash + 1));
      if (below != null) {
        return Optional.of(new Match(below, path.substring(slash + 1)));
      }
    }
    return Optional.empty();
  }

  /** Whether there is an endpoint only for what is below the path. */
  public boolean isSubtreeWithoutSlash(String path) {
    return !byPath.containsKey(path) && byPath.containsKey(path + "/");
  }

  /**
   * The path without empty and dot segments, as it is written; escapes are left alone, so that a
   * key may hold what they stand for.
   */
  public static String clean(String path) {
    if (path.startsWith("/") && !path.contains("//") && !path.contains("/.")) {
      return path;
    }
    ArrayDeque<String> kept = new ArrayDeque<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        kept.pollLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        kept.addLast(segment);
      }
    }
    String cleaned = "/" + String.join("/", kept);
    boolean endsInSlash = path.endsWith("/") && cleaned.length() > 1;
    return endsInSlash ? cleaned + "/" : cleaned;
  }
}
