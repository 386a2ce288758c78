package io.hanse.http.json;

import com.fasterxml.jackson.core.io.SerializedString;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.row.FieldRules;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** How one field of a message stands in JSON. */
final class FieldShape {
  /** How a value is written and read. */
  enum Form {
    SCALAR,
    MESSAGE,
    DURATION,
    TIMESTAMP,
    FREE
  }

  final FieldDescriptor field;
  final SerializedString key;
  final Form form;
  final boolean omitEmpty;
  final boolean nullWhenEmpty;
  final boolean alwaysObject;
  final boolean ignoreUnknown;
  final boolean outputOnly;
  final boolean inline;
  final boolean whole;
  final boolean nanoseconds;
  final String displaces;

  FieldShape(FieldDescriptor field) {
    FieldOptions options = field.getOptions();
    this.field = field;
    this.key = new SerializedString(field.getJsonName());
    this.form = formOf(field);
    this.omitEmpty = options.getExtension(FieldRules.omitEmpty);
    this.nullWhenEmpty = options.getExtension(FieldRules.nullWhenEmpty);
    this.alwaysObject = options.getExtension(FieldRules.alwaysObject);
    this.ignoreUnknown = options.getExtension(FieldRules.ignoreUnknown);
    this.outputOnly = options.getExtension(FieldRules.outputOnly);
    this.inline = options.getExtension(FieldRules.inline);
    this.nanoseconds = options.getExtension(FieldRules.nanoseconds);
    this.whole = options.getExtension(FieldRules.whole);
    this.displaces = options.getExtension(FieldRules.displaces);
  }

  static boolean isHidden(FieldDescriptor field) {
    return field.getOptions().getExtension(FieldRules.hidden);
  }

  boolean isOneofMember() {
    return field.getContainingOneof() != null;
  }

  /** The spellings under which the field is read, folded. */
  Set<String> spellings() {
    Set<String> spellings = new LinkedHashSet<>();
    spellings.add(fold(field.getJsonName()));
    spellings.add(fold(field.getName()));
    String alias = field.getOptions().getExtension(FieldRules.alias);
    if (!alias.isEmpty()) {
      spellings.add(fold(alias));
    }
    return spellings;
  }

  static String fold(String key) {
    return key.toLowerCase(Locale.ROOT);
  }

  private static Form formOf(FieldDescriptor field) {
    FieldDescriptor value =
        field.isMapField() ? field.getMessageType().findFieldByName("value") : field;
    if (value.getJavaType() != JavaType.MESSAGE) {
      return Form.SCALAR;
    }
    String type = value.getMessageType().getFullName();
    if (type.equals(Duration.getDescriptor().getFullName())) {
      return Form.DURATION;
    }
    if (type.equals(Timestamp.getDescriptor().getFullName())) {
      return Form.TIMESTAMP;
    }
    return type.equals(Struct.getDescriptor().getFullName()) ? Form.FREE : Form.MESSAGE;
  }
}
