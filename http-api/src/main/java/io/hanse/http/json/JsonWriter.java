package io.hanse.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.Message;
import io.hanse.http.json.MessageWriter.Fullness;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes one JSON value: messages by their shape, and what stands around them by hand. */
public final class JsonWriter implements AutoCloseable {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder().characterEscapes(new GoEscapes()).build();

  private final JsonGenerator out;
  private final MessageWriter messages;

  /** What is written into an answer, when it is known how it is to be printed. */
  @FunctionalInterface
  public interface Content {
    void writeTo(JsonWriter out);
  }

  /** An action on the generator. */
  private interface Step {
    void run() throws IOException;
  }

  private JsonWriter(JsonGenerator out) {
    this.out = out;
    this.messages = new MessageWriter(out, Fullness.ORDINARY);
  }

  /** Writes a whole value; {@code indented} in Go's way, else compact. */
  public static void write(OutputStream to, boolean indented, Content content) {
    try (JsonWriter writer = new JsonWriter(FACTORY.createGenerator(to))) {
      if (indented) {
        writer.out.setPrettyPrinter(new GoIndent());
      }
      content.writeTo(writer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public JsonWriter beginObject() {
    return step(out::writeStartObject);
  }

  public JsonWriter endObject() {
    return step(out::writeEndObject);
  }

  public JsonWriter beginArray() {
    return step(out::writeStartArray);
  }

  public JsonWriter endArray() {
    return step(out::writeEndArray);
  }

  public JsonWriter key(String key) {
    return step(() -> out.writeFieldName(key));
  }

  public JsonWriter nothing() {
    return step(out::writeNull);
  }

  public JsonWriter value(String value) {
    return step(() -> out.writeString(value));
  }

  public JsonWriter value(long value) {
    return step(() -> out.writeNumber(value));
  }

  public JsonWriter value(boolean value) {
    return step(() -> out.writeBoolean(value));
  }

  public JsonWriter value(Message message) {
    return step(() -> messages.write(message));
  }

  /** Without its empty fields, however they are declared. */
  public JsonWriter sparse(Message message) {
    return step(() -> new MessageWriter(out, Fullness.SPARSE).write(message));
  }

  public JsonWriter values(Collection<? extends Message> values) {
    beginArray();
    values.forEach(this::value);
    return endArray();
  }

  public JsonWriter strings(Collection<String> values) {
    beginArray();
    values.forEach(this::value);
    return endArray();
  }

  public JsonWriter field(String key, String value) {
    return key(key).value(value);
  }

  public JsonWriter field(String key, long value) {
    return key(key).value(value);
  }

  public JsonWriter field(String key, boolean value) {
    return key(key).value(value);
  }

  public JsonWriter field(String key, Message value) {
    return key(key).value(value);
  }

  /** Sorted by key. */
  public JsonWriter field(String key, Map<String, ?> value) {
    return key(key).any(value);
  }

  /** A value made of strings, numbers, booleans, nulls, lists, maps and messages. */
  public JsonWriter any(@Nullable Object value) {
    if (value == null) {
      return nothing();
    } else if (value instanceof Message message) {
      return value(message);
    } else if (value instanceof Boolean flag) {
      return value(flag.booleanValue());
    } else if (value instanceof Integer || value instanceof Long) {
      return value(((Number) value).longValue());
    } else if (value instanceof Number number) {
      return step(() -> out.writeNumber(GoNumber.format(number.doubleValue())));
    } else if (value instanceof Collection<?> list) {
      beginArray();
      list.forEach(this::any);
      return endArray();
    } else if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> sorted = new TreeMap<>();
      map.forEach((key, element) -> sorted.put(String.valueOf(key), element));
      beginObject();
      sorted.forEach((key, element) -> key(key).any(element));
      return endObject();
    }
    return value(value.toString());
  }

  private JsonWriter step(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
