package io.hanse.http.endpoints;

import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.http.json.JsonWriter;

/** What some answers of Consul say of themselves in their body, after what they are about. */
final class ReadMeta {
  private ReadMeta() {}

  static JsonWriter write(JsonWriter out, long index, Freshness freshness, String consistency) {
    return out.field("Index", index)
        .field("LastContact", freshness.lastContactMillis())
        .field("KnownLeader", freshness.knownLeader())
        .field("ConsistencyLevel", consistency)
        .field("NotModified", false)
        .field("Backend", 0)
        .field("ResultsFilteredByACLs", false);
  }
}
