package io.hanse.http.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads JSON into a message, token by token. Of a key that comes twice, the last value holds. */
final class MessageReader {
  /** How exactly types and keys must fit. */
  enum Typing {
    /** An unknown key is refused at once. */
    STRICT,
    /**
     * As config entries are read: scalars are converted, one element stands for a list and the
     * other way round, unknown keys are gathered.
     */
    WEAK
  }

  private final JsonParser in;
  private final boolean isWeak;
  private final ScalarReader scalars;
  private final List<String> unknownKeys = new ArrayList<>();

  /** Counts the parts of the message whose unknown keys are skipped that we are in. */
  private int lenience;

  MessageReader(JsonParser in, Typing typing) {
    this.in = in;
    this.isWeak = typing == Typing.WEAK;
    this.scalars = new ScalarReader(in, isWeak);
  }

  /** Paths of the keys that no field has. */
  List<String> unknownKeys() {
    return unknownKeys;
  }

  /** Reads the object that the current token begins. */
  void readObject(Message.Builder into, String path) throws IOException {
    MessageShape shape = MessageShape.of(into.getDescriptorForType());
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String key = in.currentName();
      in.nextToken();
      if (!readKey(into, shape, key, path)) {
        noteUnknown(key, path);
        in.skipChildren();
      }
    }
  }

  private boolean readKey(Message.Builder into, MessageShape shape, String key, String path)
      throws IOException {
    FieldShape field = shape.find(key);
    if (field != null && !shape.isDisplaced(field, into)) {
      readField(into, field, join(path, key));
      return true;
    }
    for (FieldShape inline : shape.inlines) {
      if (inline.isOneofMember() && !into.hasField(inline.field)) {
        continue;
      }
      FieldShape inner = MessageShape.of(inline.field.getMessageType()).find(key);
      if (inner == null) {
        continue;
      }
      if (inner.outputOnly) {
        in.skipChildren();
      } else {
        readField(into.getFieldBuilder(inline.field), inner, join(path, key));
      }
      return true;
    }
    return false;
  }

  private void noteUnknown(String key, String path) {
    if (lenience > 0) {
      return;
    }
    if (!isWeak) {
      throw new JsonProblem("json: unknown field \"" + key + "\"");
    }
    unknownKeys.add(join(path, key));
  }

  /** Only unknown keys that are gathered are told by their paths. */
  private String join(String path, String key) {
    return !isWeak ? "" : path.isEmpty() ? key : path + "." + key;
  }

  private void readField(Message.Builder into, FieldShape shape, String path) throws IOException {
    FieldDescriptor field = shape.field;
    if (shape.outputOnly) {
      in.skipChildren();
      return;
    }
    into.clearField(field);
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    lenience += shape.ignoreUnknown ? 1 : 0;
    if (field.isMapField()) {
      readMap(into, shape, path);
    } else if (field.isRepeated()) {
      readList(into, shape, path);
    } else {
      into.setField(field, readSingle(shape, field, into, path));
    }
    lenience -= shape.ignoreUnknown ? 1 : 0;
  }

  private void readList(Message.Builder into, FieldShape shape, String path) throws IOException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      if (!isWeak) {
        throw scalars.mismatch(shape.field);
      }
      into.addRepeatedField(shape.field, readSingle(shape, shape.field, into, path + "[0]"));
      return;
    }
    for (int i = 0; in.nextToken() != JsonToken.END_ARRAY; i++) {
      into.addRepeatedField(
          shape.field, readSingle(shape, shape.field, into, isWeak ? path + "[" + i + "]" : ""));
    }
  }

  private void readMap(Message.Builder into, FieldShape shape, String path) throws IOException {
    FieldDescriptor value = shape.field.getMessageType().findFieldByName("value");
    FieldDescriptor name = shape.field.getMessageType().findFieldByName("key");
    MapEntry.Builder<?, ?> prototype =
        (MapEntry.Builder<?, ?>) into.newBuilderForField(shape.field);
    Map<String, Object> read = new TreeMap<>();
    eachObject(
        shape.field,
        () -> {
          while (in.nextToken() != JsonToken.END_OBJECT) {
            String key = in.currentName();
            in.nextToken();
            read.put(key, readSingle(shape, value, prototype, join(path, key)));
          }
        });
    read.forEach(
        (key, element) -> {
          Message.Builder entry = into.newBuilderForField(shape.field);
          entry.setField(name, key);
          entry.setField(value, element);
          into.addRepeatedField(shape.field, entry.build());
        });
  }

  private Object readSingle(
      FieldShape shape, FieldDescriptor field, Message.Builder parent, String path)
      throws IOException {
    boolean isNull = in.currentToken() == JsonToken.VALUE_NULL;
    return switch (shape.form) {
      case SCALAR -> isNull ? zero(field) : scalars.read(field);
      case DURATION -> duration(field, path.isEmpty() ? shape.key.getValue() : path);
      case TIMESTAMP -> scalars.timestamp(field);
      case FREE -> readFree(field);
      case MESSAGE -> {
        Message.Builder builder = parent.newBuilderForField(field);
        if (!isNull) {
          readMessage(field, builder, path);
        }
        yield builder.build();
      }
    };
  }

  private Object duration(FieldDescriptor field, String path) throws IOException {
    try {
      return scalars.duration(field);
    } catch (JsonProblem e) {
      throw new JsonProblem(String.valueOf(e.getMessage()), path);
    }
  }

  private void readMessage(FieldDescriptor field, Message.Builder builder, String path)
      throws IOException {
    FieldShape whole = MessageShape.of(builder.getDescriptorForType()).whole;
    if (whole != null) {
      readField(builder, whole, path);
    } else {
      eachObject(field, () -> readObject(builder, path));
    }
  }

  private Struct readFree(FieldDescriptor field) throws IOException {
    Struct.Builder free = Struct.newBuilder();
    eachObject(field, () -> free.mergeFrom(FreeForm.readObject(in)));
    return free.build();
  }

  /** Reads an object. */
  private interface ObjectBody {
    void read() throws IOException;
  }

  /** One object or, where types are weak, a list of parts of it. */
  private void eachObject(FieldDescriptor field, ObjectBody body) throws IOException {
    if (in.currentToken() == JsonToken.START_OBJECT) {
      body.read();
    } else if (isWeak && in.currentToken() == JsonToken.START_ARRAY) {
      while (in.nextToken() != JsonToken.END_ARRAY) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
          throw scalars.mismatch(field);
        }
        body.read();
      }
    } else {
      throw scalars.mismatch(field);
    }
  }

  private static Object zero(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case STRING -> "";
      case BOOLEAN -> false;
      case INT -> 0;
      case LONG -> 0L;
      case DOUBLE -> 0d;
      case FLOAT -> 0f;
      case BYTE_STRING -> com.google.protobuf.ByteString.EMPTY;
      case ENUM -> field.getEnumType().getValues().get(0);
      case MESSAGE -> throw new IllegalStateException("no scalar: " + field.getFullName());
    };
  }
}
