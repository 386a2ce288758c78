package io.hanse.http.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MessageOrBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** How a type of message stands in JSON: built once from its descriptor, then looked up. */
final class MessageShape {
  private static final ConcurrentHashMap<Descriptor, MessageShape> SHAPES =
      new ConcurrentHashMap<>();

  final List<FieldShape> fields;
  final List<FieldShape> inlines;

  /** Set where one field stands for the whole message. */
  final @Nullable FieldShape whole;

  private final Map<String, FieldShape> bySpelling = new TreeMap<>();

  /** By the key that is written, which most clients use: it need not be folded. */
  private final Map<String, FieldShape> byKey;

  private MessageShape(Descriptor type) {
    List<FieldShape> all = new ArrayList<>();
    List<FieldShape> inner = new ArrayList<>();
    FieldShape only = null;
    for (FieldDescriptor field : type.getFields()) {
      if (FieldShape.isHidden(field)) {
        continue;
      }
      FieldShape shape = new FieldShape(field);
      all.add(shape);
      if (shape.inline) {
        inner.add(shape);
        continue;
      }
      if (shape.whole) {
        only = shape;
      }
      for (String spelling : shape.spellings()) {
        bySpelling.put(spelling, shape);
      }
    }
    Map<String, FieldShape> keys = new TreeMap<>();
    for (FieldShape shape : all) {
      FieldShape found = bySpelling.get(FieldShape.fold(shape.field.getJsonName()));
      if (found != null) {
        keys.put(shape.field.getJsonName(), found);
      }
    }
    byKey = Map.copyOf(keys);
    fields = List.copyOf(all);
    inlines = List.copyOf(inner);
    whole = only;
  }

  static MessageShape of(Descriptor type) {
    MessageShape known = SHAPES.get(type);
    return known != null ? known : SHAPES.computeIfAbsent(type, MessageShape::new);
  }

  /** The field of this very message that a key means. */
  @Nullable FieldShape find(String key) {
    FieldShape exact = byKey.get(key);
    return exact != null ? exact : bySpelling.get(FieldShape.fold(key));
  }

  /** Whether an inline part that is set takes the place of a key of this message. */
  boolean isDisplaced(FieldShape field, MessageOrBuilder message) {
    for (FieldShape inline : inlines) {
      if (inline.displaces.equals(field.field.getJsonName()) && message.hasField(inline.field)) {
        return true;
      }
    }
    return false;
  }
}
