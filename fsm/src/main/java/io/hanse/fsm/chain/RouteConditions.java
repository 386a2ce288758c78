package io.hanse.fsm.chain;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.EntryCondition;
import io.hanse.fsm.row.EntryReference;
import io.hanse.fsm.row.EntryStatus;
import java.util.Map;
import java.util.TreeMap;

/** Gathers the conditions of an entry: of each type and what it is about, the last that was set. */
final class RouteConditions {
  static final String TRUE = "True";
  static final String FALSE = "False";

  /** For what is said of the whole entry. */
  static final EntryReference WHOLE = EntryReference.getDefaultInstance();

  private final Map<String, EntryCondition> conditions = new TreeMap<>();

  static EntryReference listener(String gateway, String name) {
    return EntryReference.newBuilder()
        .setKind(ConfigEntryKind.API_GATEWAY.wireName())
        .setName(gateway)
        .setSectionName(name)
        .build();
  }

  static EntryCondition condition(
      String type, String status, String reason, String message, EntryReference about) {
    return EntryCondition.newBuilder()
        .setType(type)
        .setStatus(status)
        .setReason(reason)
        .setMessage(message)
        .setResource(about)
        .build();
  }

  void set(EntryCondition condition) {
    EntryReference about = condition.getResource();
    String key =
        String.join(
            "\0", condition.getType(), about.getKind(), about.getName(), about.getSectionName());
    conditions.put(key, condition);
  }

  EntryStatus status() {
    return EntryStatus.newBuilder().addAllConditions(conditions.values()).build();
  }
}
