package io.hanse.http.exchange;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.hanse.http.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered.
 *
 * @param hasMetadata whether a read says how old it is
 */
public record Answer(int status, Map<String, String> headers, Body body, boolean hasMetadata) {
  public static final String CONTENT_TYPE = "Content-Type";
  public static final String JSON = "application/json";
  public static final String PLAIN = "text/plain; charset=utf-8";

  /** The content, before it is known how the request wants it printed. */
  public sealed interface Body {
    /** Nothing, and no word of a type. */
    record None() implements Body {}

    /** Nothing; declared as JSON all the same. */
    record Empty() implements Body {}

    record Json(JsonWriter.Content content) implements Body {}

    /** JSON in its final form, for many requests: compressed at most once. */
    final class Encoded implements Body {
      private final byte[] bytes;
      private volatile byte @Nullable [] compressed;
      private volatile @Nullable Framed framed;

      /** A whole response: what stands before the bytes, and they. */
      private record Framed(Object frame, byte[] bytes) {}

      public Encoded(byte[] bytes) {
        this.bytes = bytes;
      }

      public int size() {
        return bytes.length;
      }

      /** Not to be changed. */
      public byte[] bytes() {
        return bytes;
      }

      /**
       * The bytes in a frame, made once as long as the same frame is asked for. Not to be changed.
       *
       * @param frame equal to another if the same comes of it
       */
      public byte[] framed(Object frame, Supplier<byte[]> framing) {
        Framed known = framed;
        if (known == null || !known.frame.equals(frame)) {
          known = new Framed(frame, framing.get());
          framed = known;
        }
        return known.bytes;
      }

      /** Not to be changed. */
      public byte[] compressed(UnaryOperator<byte[]> compression) {
        byte[] known = compressed;
        if (known == null) {
          known = compression.apply(bytes);
          compressed = known;
        }
        return known;
      }
    }

    record Text(String text) implements Body {}

    /** As it is; its type is among the headers. */
    record Raw(ByteString bytes) implements Body {}

    /** Too much for memory: made while it is sent. Its type is among the headers. */
    record Stream(StreamContent content) implements Body {}
  }

  /** A content that is written bit by bit, on a thread that may be blocked. Closed in any case. */
  public interface StreamContent extends AutoCloseable {
    void writeTo(OutputStream out) throws IOException;

    @Override
    void close();
  }

  public static Answer ok() {
    return empty(200);
  }

  public static Answer empty(int status) {
    return new Answer(status, Map.of(), new Body.Empty(), true);
  }

  /** Without content. */
  public static Answer none(int status) {
    return new Answer(status, Map.of(), new Body.None(), true);
  }

  public static Answer json(JsonWriter.Content content) {
    return json(200, content);
  }

  public static Answer json(int status, JsonWriter.Content content) {
    return new Answer(status, Map.of(), new Body.Json(content), true);
  }

  public static Answer json(Message message) {
    return json(out -> out.value(message));
  }

  public static Answer json(Collection<? extends Message> messages) {
    return json(out -> out.values(messages));
  }

  public static Answer json(boolean value) {
    return json(out -> out.value(value));
  }

  public static Answer json(String value) {
    return json(out -> out.value(value));
  }

  public static Answer text(int status, String text) {
    return new Answer(status, Map.of(), new Body.Text(text), true);
  }

  public static Answer raw(String type, ByteString bytes) {
    return new Answer(200, Map.of(CONTENT_TYPE, type), new Body.Raw(bytes), true);
  }

  public static Answer stream(String type, StreamContent content) {
    return new Answer(200, Map.of(CONTENT_TYPE, type), new Body.Stream(content), true);
  }

  /** Without a word of how old it is. */
  public Answer withoutMetadata() {
    return new Answer(status, headers, body, false);
  }

  /** With the same content in another form. */
  public Answer with(Body other) {
    return new Answer(status, headers, other, hasMetadata);
  }

  /** With one header more. */
  public Answer with(String name, String value) {
    return with(Map.of(name, value));
  }

  public Answer with(Map<String, String> more) {
    if (headers.isEmpty()) {
      return new Answer(status, more, body, hasMetadata);
    }
    Map<String, String> all = new TreeMap<>(headers);
    all.putAll(more);
    return new Answer(status, all, body, hasMetadata);
  }
}
