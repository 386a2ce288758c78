package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds consumers to one service of the exported-services entry, and keeps all that it had. */
record ServiceExport(String service, List<String> peers, String partitions) {
  private static final String PATH = "/v1/config/exported-services/default";
  private static final List<String> KEPT = List.of("Kind", "Name", "Meta");

  static List<String> names(String list, String what) {
    if (list.isEmpty()) {
      return List.of();
    }
    List<String> names = List.of(list.split(",", -1));
    if (names.stream().anyMatch(String::isBlank)) {
      throw new CommandFailure("Invalid " + what + " \"\"");
    }
    return names;
  }

  /** Refused where someone else wrote the entry meanwhile. */
  void write(ApiClient api) {
    Response current =
        during(
            "Error reading config entry exported-services/default",
            () -> {
              Response answer = api.get(PATH);
              return answer.isNotFound() ? answer : answer.orFail();
            });
    Value entry = current.isNotFound() ? Value.nothing() : current.json();
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("Kind", Value.of("exported-services"));
    fields.put("Name", Value.of("default"));
    for (String key : KEPT) {
      if (!entry.at(key).isNothing()) {
        fields.put(key, entry.at(key));
      }
    }
    fields.put("Services", new Value.Items(withConsumers(entry.at("Services").items())));
    String index = current.isNotFound() ? "0" : entry.at("ModifyIndex").text();
    Request request = Request.put("/v1/config").with("cas", index).with(new Value.Fields(fields));
    Response answer = during("Error writing config entry", () -> api.send(request).orFail());
    if (!answer.isTrue()) {
      throw new CommandFailure("Config entry was changed during update. Please try again");
    }
  }

  private List<Value> withConsumers(List<Value> services) {
    List<Value> all = new ArrayList<>(services);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).at("Name").text().equals(service)) {
        all.set(i, with(all.get(i), merged(all.get(i).at("Consumers").items())));
        return all;
      }
    }
    all.add(with(new Value.Fields(Map.of("Name", Value.of(service))), merged(List.of())));
    return all;
  }

  private List<Value> merged(List<Value> consumers) {
    List<Value> all = new ArrayList<>(consumers);
    add(all, "Peer", peers);
    add(all, "Partition", names(partitions, "partition"));
    return all;
  }

  private static void add(List<Value> consumers, String key, List<String> names) {
    for (String name : names) {
      if (consumers.stream().noneMatch(consumer -> consumer.at(key).text().equals(name))) {
        consumers.add(new Value.Fields(Map.of(key, Value.of(name))));
      }
    }
  }

  private static Value with(Value service, List<Value> consumers) {
    Map<String, Value> fields = new LinkedHashMap<>(service.fields());
    fields.put("Consumers", new Value.Items(consumers));
    return new Value.Fields(fields);
  }
}
