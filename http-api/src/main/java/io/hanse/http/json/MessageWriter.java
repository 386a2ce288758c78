package io.hanse.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes a message as JSON. */
final class MessageWriter {
  /** Which fields are written although they are empty. */
  enum Fullness {
    /** As the fields' options say. */
    ORDINARY,
    /** Only objects: what the agent's endpoints print of a proxy. */
    SPARSE
  }

  /** As many digits behind the second as it takes. */
  private static final DateTimeFormatter RFC_3339 =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final JsonGenerator out;
  private final Fullness fullness;

  MessageWriter(JsonGenerator out, Fullness fullness) {
    this.out = out;
    this.fullness = fullness;
  }

  void write(Message message) throws IOException {
    MessageShape shape = MessageShape.of(message.getDescriptorForType());
    if (shape.whole != null) {
      writeValue(shape.whole, message.getField(shape.whole.field));
      return;
    }
    out.writeStartObject();
    writeFields(shape, message);
    out.writeEndObject();
  }

  private void writeFields(MessageShape shape, Message message) throws IOException {
    for (FieldShape field : shape.fields) {
      if (field.inline) {
        if (!field.isOneofMember() || message.hasField(field.field)) {
          Message inner = (Message) message.getField(field.field);
          writeFields(MessageShape.of(inner.getDescriptorForType()), inner);
        }
      } else if (!shape.isDisplaced(field, message)) {
        writeField(field, message);
      }
    }
  }

  private void writeField(FieldShape field, Message message) throws IOException {
    Object value = message.getField(field.field);
    if (!isEmpty(field, message, value)) {
      out.writeFieldName(field.key);
      writeValue(field, value);
    } else if (field.alwaysObject) {
      out.writeFieldName(field.key);
      write((Message) value);
    } else if (!field.omitEmpty && !field.isOneofMember() && fullness == Fullness.ORDINARY) {
      out.writeFieldName(field.key);
      writeEmpty(field, value);
    }
  }

  private static boolean isEmpty(FieldShape field, Message message, Object value) {
    FieldDescriptor descriptor = field.field;
    if (descriptor.isRepeated()) {
      return ((List<?>) value).isEmpty();
    }
    if (descriptor.hasPresence()) {
      return !message.hasField(descriptor);
    }
    return value.equals(descriptor.getDefaultValue());
  }

  private void writeEmpty(FieldShape field, Object value) throws IOException {
    boolean isMessage = !field.field.isRepeated() && field.form != FieldShape.Form.SCALAR;
    if (field.nullWhenEmpty || isMessage) {
      out.writeNull();
    } else {
      writeValue(field, value);
    }
  }

  private void writeValue(FieldShape field, Object value) throws IOException {
    if (field.field.isMapField()) {
      writeMap(field, (List<?>) value);
    } else if (field.field.isRepeated()) {
      out.writeStartArray();
      for (Object element : (List<?>) value) {
        writeSingle(field, field.field, element);
      }
      out.writeEndArray();
    } else {
      writeSingle(field, field.field, value);
    }
  }

  private void writeMap(FieldShape field, List<?> entries) throws IOException {
    FieldDescriptor key = field.field.getMessageType().findFieldByName("key");
    FieldDescriptor value = field.field.getMessageType().findFieldByName("value");
    Map<String, Object> sorted = new TreeMap<>();
    for (Object entry : entries) {
      sorted.put(
          String.valueOf(((Message) entry).getField(key)), ((Message) entry).getField(value));
    }
    out.writeStartObject();
    for (Map.Entry<String, Object> entry : sorted.entrySet()) {
      out.writeFieldName(entry.getKey());
      writeSingle(field, value, entry.getValue());
    }
    out.writeEndObject();
  }

  private void writeSingle(FieldShape shape, FieldDescriptor field, Object value)
      throws IOException {
    switch (shape.form) {
      case MESSAGE -> write((Message) value);
      case FREE -> FreeForm.write(out, (Struct) value);
      case DURATION -> writeDuration(shape, (Duration) value);
      case TIMESTAMP -> out.writeString(text((Timestamp) value));
      case SCALAR -> writeScalar(field, value);
    }
  }

  private void writeScalar(FieldDescriptor field, Object value) throws IOException {
    switch (field.getJavaType()) {
      case STRING -> out.writeString((String) value);
      case BOOLEAN -> out.writeBoolean((Boolean) value);
      case DOUBLE -> out.writeNumber(GoNumber.format((Double) value));
      case FLOAT -> out.writeNumber(GoNumber.format((Float) value));
      case ENUM -> out.writeString(((EnumValueDescriptor) value).getName());
      case BYTE_STRING ->
          out.writeString(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
      case INT -> out.writeNumber(isUnsigned(field) ? (Integer) value & 0xffffffffL : (int) value);
      case LONG -> {
        long number = (Long) value;
        if (number < 0 && isUnsigned(field)) {
          out.writeNumber(Long.toUnsignedString(number));
        } else {
          out.writeNumber(number);
        }
      }
      case MESSAGE -> throw new IllegalStateException("no scalar: " + field.getFullName());
    }
  }

  static boolean isUnsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, UINT64, FIXED32, FIXED64 -> true;
      default -> false;
    };
  }

  private void writeDuration(FieldShape shape, Duration value) throws IOException {
    java.time.Duration duration =
        java.time.Duration.ofSeconds(value.getSeconds(), value.getNanos());
    if (shape.nanoseconds) {
      out.writeNumber(duration.toNanos());
    } else {
      out.writeString(GoDuration.format(duration));
    }
  }

  private static String text(Timestamp time) {
    return RFC_3339.format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
  }
}
