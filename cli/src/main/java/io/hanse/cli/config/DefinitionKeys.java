package io.hanse.cli.config;

import com.google.protobuf.Message;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.http.json.GoDuration;
import io.hanse.http.json.JsonProblem;
import io.hanse.http.json.MessageJson;
import io.hanse.http.request.CheckRegistration;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Looks service and check definitions of a file through for keys that there are not. */
final class DefinitionKeys {
  private final String root;
  private final Value definition;
  private final List<String> problems = new ArrayList<>();

  private DefinitionKeys(String root, Value definition) {
    this.root = root;
    this.definition = definition;
  }

  /** What is wrong with the definitions at a path, by the keys as they were written. */
  static List<String> problems(String path, Value value) {
    if (!(value instanceof Value.Items items)) {
      return new DefinitionKeys(path, value).problems();
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < items.values().size(); i++) {
      all.addAll(new DefinitionKeys(path + "[" + i + "]", items.values().get(i)).problems());
    }
    return all;
  }

  private List<String> problems() {
    boolean isCheck = root.startsWith("check");
    findCheckIds(root, definition, isCheck);
    Message.Builder into =
        isCheck ? CheckRegistration.newBuilder() : ServiceDefinition.newBuilder();
    Value read = isCheck ? Definitions.check(definition) : Definitions.service(definition);
    byte[] text = JsonText.compact(read).getBytes(StandardCharsets.UTF_8);
    try {
      for (String key : MessageJson.readWeakly(text, into)) {
        problems.add("invalid config key " + root + spelled(key));
      }
    } catch (JsonProblem e) {
      problems.add(
          e.path().isEmpty()
              ? root + ": " + e.getMessage()
              : root + spelled(e.path()) + ": " + e.getMessage() + "; " + GoDuration.EXPECTED);
    }
    return problems;
  }

  /** In a file a check's id is its {@code id}; what the API calls it is refused, as in Consul. */
  private void findCheckIds(String path, Value value, boolean isInCheck) {
    for (int i = 0; i < value.items().size(); i++) {
      findCheckIds(path + "[" + i + "]", value.items().get(i), isInCheck);
    }
    value
        .fields()
        .forEach(
            (key, item) -> {
              if (isInCheck && Definitions.camelCase(key).equalsIgnoreCase("CheckID")) {
                problems.add("invalid config key " + path + "." + key);
              } else if (!Definitions.isVerbatim(key)) {
                findCheckIds(path + "." + key, item, Definitions.isCheck(key));
              }
            });
  }

  /** The path that the API's keys make, with the keys of the file. */
  private String spelled(String path) {
    StringBuilder written = new StringBuilder();
    Value at = definition;
    for (String step : path.split("\\.", -1)) {
      int bracket = step.indexOf('[');
      String name = bracket < 0 ? step : step.substring(0, bracket);
      String index = bracket < 0 ? "" : step.substring(bracket);
      Map.Entry<String, Value> found = find(at, name);
      written.append('.').append(found.getKey()).append(index);
      at = found.getValue();
      if (at instanceof Value.Items items && !index.isEmpty()) {
        at = items.values().get(Integer.parseInt(index.substring(1, index.length() - 1)));
      }
    }
    return written.toString();
  }

  private static Map.Entry<String, Value> find(Value fields, String name) {
    String folded = name.toLowerCase(Locale.ROOT);
    return fields.fields().entrySet().stream()
        .filter(
            field -> Definitions.camelCase(field.getKey()).toLowerCase(Locale.ROOT).equals(folded))
        .findFirst()
        .orElse(Map.entry(name, Value.nothing()));
  }
}
