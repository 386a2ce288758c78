package io.hanse.http.archive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.hanse.http.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * What an archive says of itself, in {@code meta.json}.
 *
 * @param version of the layout of the archive
 * @param id term, index and time, as Consul joins them
 * @param index the newest index in the state
 * @param servers of the cluster when it was made; not read back
 * @param size of the state
 */
public record ArchiveMeta(
    int version, String id, long index, long term, List<Server> servers, long size) {
  static final int VERSION = 1;

  /** A server that voted. */
  public record Server(String id, String address) {}

  private static final JsonFactory JSON = new JsonFactory();

  public ArchiveMeta {
    servers = List.copyOf(servers);
  }

  public static ArchiveMeta of(
      long index, long term, long millis, List<Server> servers, long stateBytes) {
    String id = term + "-" + Long.toUnsignedString(index) + "-" + millis;
    return new ArchiveMeta(VERSION, id, index, term, servers, stateBytes);
  }

  byte[] json() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonWriter.write(out, false, this::write);
    return out.toByteArray();
  }

  private void write(JsonWriter out) {
    out.beginObject()
        .field("Version", version)
        .field("ID", id)
        .field("Index", index)
        .field("Term", term)
        .field("Peers", "")
        .key("Configuration")
        .beginObject()
        .key("Servers")
        .beginArray();
    for (Server server : servers) {
      out.beginObject()
          .field("Suffrage", 0)
          .field("ID", server.id())
          .field("Address", server.address())
          .endObject();
    }
    out.endArray().endObject().field("ConfigurationIndex", 0).field("Size", size).endObject();
  }

  static ArchiveMeta parse(byte[] json) throws IOException {
    int version = 0;
    String id = "";
    long index = 0;
    long term = 0;
    long size = 0;
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is no object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "Version" -> version = parser.getIntValue();
          case "ID" -> id = parser.getText();
          case "Index" -> index = parser.getLongValue();
          case "Term" -> term = parser.getLongValue();
          case "Size" -> size = parser.getLongValue();
          default -> parser.skipChildren();
        }
      }
    }
    return new ArchiveMeta(version, id, index, term, List.of(), size);
  }
}
