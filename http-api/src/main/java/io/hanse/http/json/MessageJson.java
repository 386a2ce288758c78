package io.hanse.http.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.google.protobuf.Message;
import io.hanse.http.json.MessageReader.Typing;
import java.io.ByteArrayOutputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Messages from and to JSON in Consul's shape. Which key a field has, and what is printed where it
 * is empty, is said by the field's options; how a type looks is found out once and then looked up.
 */
public final class MessageJson {
  private static final int DEPTH_MAX = 100;
  private static final int NAME_BYTES_MAX = 64 << 10;
  private static final int NUMBER_BYTES_MAX = 512;
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxNameLength(NAME_BYTES_MAX)
                  .maxNumberLength(NUMBER_BYTES_MAX)
                  .build())
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
          .build();

  /** Reads from a parser. */
  private interface Reading<T> {
    T from(JsonParser in) throws IOException;
  }

  private MessageJson() {}

  /** Compact. */
  public static String print(Message message) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    JsonWriter.write(text, false, out -> out.value(message));
    return text.toString(StandardCharsets.UTF_8);
  }

  /**
   * Reads an object with exactly the types and keys of the message.
   *
   * @throws JsonProblem with the text of Go's decoder
   */
  public static <B extends Message.Builder> B read(byte[] text, B into) {
    return parse(
        text,
        in -> {
          requireObject(in, "json: cannot unmarshal " + kind(in) + " into Go value");
          new MessageReader(in, Typing.STRICT).readObject(into, "");
          return into;
        });
  }

  /**
   * Reads an object whose types may be near misses, as those that come from HCL are.
   *
   * @return the paths of the keys that the message does not have
   * @throws JsonProblem with the text of Go's decoder
   */
  public static List<String> readWeakly(byte[] text, Message.Builder into) {
    return parse(
        text,
        in -> {
          requireObject(in, "'' expected a map, got '" + weakKind(in) + "'");
          MessageReader reader = new MessageReader(in, Typing.WEAK);
          reader.readObject(into, "");
          return reader.unknownKeys();
        });
  }

  /**
   * Reads a list of objects, each into a message of its own.
   *
   * @throws JsonProblem with the text of Go's decoder
   */
  public static <B extends Message.Builder> List<B> readList(byte[] text, Supplier<B> element) {
    return readList(text, element, Typing.STRICT);
  }

  /** The same where types may be near misses; what the messages do not have is skipped. */
  public static <B extends Message.Builder> List<B> readListWeakly(
      byte[] text, Supplier<B> element) {
    return readList(text, element, Typing.WEAK);
  }

  private static <B extends Message.Builder> List<B> readList(
      byte[] text, Supplier<B> element, Typing typing) {
    return parse(
        text,
        in -> {
          List<B> read = new ArrayList<>();
          if (in.currentToken() == JsonToken.VALUE_NULL) {
            return read;
          }
          if (in.currentToken() != JsonToken.START_ARRAY) {
            throw new JsonProblem("json: cannot unmarshal " + kind(in) + " into Go value");
          }
          while (in.nextToken() != JsonToken.END_ARRAY) {
            requireObject(in, "json: cannot unmarshal " + kind(in) + " into Go value");
            B one = element.get();
            new MessageReader(in, typing).readObject(one, "");
            read.add(one);
          }
          return read;
        });
  }

  /** What a key of the outermost object has for a value. */
  public sealed interface Member {
    record Text(String value) implements Member {}

    record Other() implements Member {}
  }

  /** Looks a key of the outermost object up, without regard to the first letter's case. */
  public static Optional<Member> member(byte[] text, String key) {
    return parse(
        text,
        in -> {
          requireObject(in, "'' expected a map, got '" + weakKind(in) + "'");
          Member found = null;
          while (in.nextToken() != JsonToken.END_OBJECT) {
            boolean isMeant = in.currentName().equalsIgnoreCase(key);
            JsonToken value = in.nextToken();
            if (isMeant) {
              found =
                  value == JsonToken.VALUE_STRING
                      ? new Member.Text(in.getText())
                      : new Member.Other();
            }
            in.skipChildren();
          }
          return Optional.ofNullable(found);
        });
  }

  private static void requireObject(JsonParser in, String complaint) {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw new JsonProblem(complaint);
    }
  }

  private static String kind(JsonParser in) {
    return in.currentToken() == JsonToken.START_ARRAY ? "array" : "value";
  }

  private static String weakKind(JsonParser in) {
    return switch (in.currentToken()) {
      case START_ARRAY -> "slice";
      case VALUE_STRING -> "string";
      case VALUE_TRUE, VALUE_FALSE -> "bool";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "float64";
      default -> "invalid";
    };
  }

  private static <T> T parse(byte[] text, Reading<T> reading) {
    try (JsonParser in = FACTORY.createParser(text)) {
      try {
        if (in.nextToken() == null) {
          throw new JsonProblem("EOF");
        }
        return reading.from(in);
      } catch (JsonEOFException e) {
        throw new JsonProblem("unexpected EOF");
      } catch (StreamConstraintsException e) {
        throw new JsonProblem("json: exceeded max depth");
      } catch (JacksonException e) {
        throw new JsonProblem(syntaxError(text, e));
      }
    } catch (CharConversionException e) {
      // Some first bytes make the parser guess UTF-32, in an order of bytes that it does not know,
      // or
      // in which others are no characters.
      throw new JsonProblem("invalid character in a text that is not UTF-8");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String syntaxError(byte[] text, JacksonException e) {
    long offset = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
    if (offset < 0 || offset >= text.length) {
      return "unexpected EOF";
    }
    return "invalid character '" + (char) (text[(int) offset] & 0xff) + "' in JSON";
  }
}
