package io.hanse.fsm.row;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import java.util.List;
import java.util.Map;

/**
 * Prints messages for logs and errors, without their secrets: fields that are marked as one, raw
 * bytes, and the values of free-form maps, in which anything may stand. Generated messages print
 * all they have; whoever logs one does it through here.
 */
public final class Redaction {
  private static final String SECRET = "<secret>";
  private static final int TEXT_LENGTH_MAX = 2_000;

  private Redaction() {}

  /** One line, cut where it becomes long. */
  public static String print(Message message) {
    StringBuilder text = new StringBuilder();
    append(text, message);
    if (text.length() > TEXT_LENGTH_MAX) {
      text.setLength(TEXT_LENGTH_MAX);
      text.append('…');
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Message message) {
    text.append('{');
    String separator = "";
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      text.append(separator).append(field.getKey().getName()).append('=');
      append(text, field.getKey(), field.getValue());
      separator = " ";
    }
    text.append('}');
  }

  private static void append(StringBuilder text, FieldDescriptor field, Object value) {
    if (field.getOptions().getExtension(FieldRules.secret)) {
      text.append(SECRET);
    } else if (field.isRepeated()) {
      text.append('[');
      String separator = "";
      for (Object element : (List<?>) value) {
        text.append(separator);
        appendOne(text, element);
        separator = ", ";
      }
      text.append(']');
    } else {
      appendOne(text, value);
    }
  }

  private static void appendOne(StringBuilder text, Object value) {
    if (value instanceof Struct struct) {
      text.append(struct.getFieldsMap().keySet());
    } else if (value instanceof Message message) {
      append(text, message);
    } else if (value instanceof ByteString bytes) {
      text.append('<').append(bytes.size()).append(" bytes>");
    } else {
      text.append(value);
    }
  }
}
