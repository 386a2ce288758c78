package io.hanse.peering.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.peering.proto.ReplicationMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Conversations with a real Consul, from the test resources. */
public final class RecordedEvents {
  /** One line of a recording; the arguments depend on the kind. */
  public record Event(String scenario, String kind, long millis, List<String> arguments) {
    boolean isFrom(String end) {
      return kind.equals("message") && arguments.get(0).equals(end);
    }

    ReplicationMessage message() {
      try {
        return ReplicationMessage.parseFrom(Base64.getDecoder().decode(arguments.get(1)));
      } catch (InvalidProtocolBufferException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private RecordedEvents() {}

  static List<List<String>> lines(String file) {
    InputStream in = RecordedEvents.class.getResourceAsStream("/recorded/" + file);
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<List<String>> lines = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        List<String> columns = new ArrayList<>();
        for (String column : line.split("\t", -1)) {
          columns.add(unescaped(column));
        }
        lines.add(columns);
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String unescaped(String column) {
    return column.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\");
  }

  /** By stream or scenario, in the order of their first events. */
  public static Map<String, List<Event>> byScenario(String file) {
    Map<String, List<Event>> scenarios = new LinkedHashMap<>();
    for (List<String> line : lines(file)) {
      Event event =
          new Event(
              line.get(0), line.get(1), Long.parseLong(line.get(2)), line.subList(3, line.size()));
      scenarios.computeIfAbsent(event.scenario(), name -> new ArrayList<>()).add(event);
    }
    return scenarios;
  }
}
