package io.hanse.conformance.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One file of recorded exchanges: a unit, as later lines depend on earlier ones.
 *
 * @param name of the file, without its ending
 * @param isDev whether the agents ran in development mode
 * @param agents by name, with the configuration each had besides
 * @param lines in order
 */
public record Recording(String name, boolean isDev, List<Agent> agents, List<Map<?, ?>> lines) {

  /** An agent that took part. */
  public record Agent(String name, String nodeId, Map<String, ?> configuration) {}

  /** Reads one from the resources. */
  public static Recording load(String name) {
    String path = "/conformance/http/" + name + ".jsonl";
    try (InputStream in = Recording.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException("no recording " + path);
      }
      List<Map<?, ?>> all =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
              .lines()
              .<Map<?, ?>>map(line -> (Map<?, ?>) JsonTree.parse(line))
              .toList();
      Map<?, ?> header = all.get(0);
      return new Recording(
          name, "dev".equals(header.get("mode")), agents(header), all.subList(1, all.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Agent> agents(Map<?, ?> header) {
    List<?> agents = (List<?>) header.get("agents");
    Map<?, ?> extra = (Map<?, ?>) header.get("extra_config");
    return agents.stream()
        .map(
            agent -> {
              Map<?, ?> fields = (Map<?, ?>) agent;
              String name = fields.get("name").toString();
              Map<?, ?> own = agents.size() > 1 ? (Map<?, ?>) extra.get(name) : extra;
              Map<String, Object> configuration = new TreeMap<>();
              own.forEach((key, value) -> configuration.put(key.toString(), value));
              return new Agent(name, fields.get("node_id").toString(), configuration);
            })
        .toList();
  }
}
