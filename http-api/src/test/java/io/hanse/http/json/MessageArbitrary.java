package io.hanse.http.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Random;

/** Messages of any type with random content, as far as JSON can tell contents apart. */
final class MessageArbitrary {
  private static final List<String> TEXTS =
      List.of("", "a", "web", "<b>&'\"\\", "\u2028é\ud83d\ude00", "\u0001\t\n", "1", "true", "10s");

  private final Random random;

  MessageArbitrary(long seed) {
    random = new Random(seed);
  }

  <M extends Message> M fill(M prototype, int depth) {
    Message.Builder builder = prototype.newBuilderForType();
    for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
      if (depth > 0 && random.nextInt(3) > 0) {
        fill(builder, field, depth);
      }
    }
    @SuppressWarnings("unchecked")
    M message = (M) builder.build();
    return message;
  }

  private void fill(Message.Builder builder, FieldDescriptor field, int depth) {
    if (field.isMapField()) {
      for (int i = random.nextInt(3); i > 0; i--) {
        Message.Builder entry = builder.newBuilderForField(field);
        Descriptor type = field.getMessageType();
        entry.setField(type.findFieldByName("key"), "k" + i);
        FieldDescriptor value = type.findFieldByName("value");
        entry.setField(value, value(entry, value, depth));
        builder.addRepeatedField(field, entry.build());
      }
    } else if (field.isRepeated()) {
      for (int i = random.nextInt(3); i > 0; i--) {
        builder.addRepeatedField(field, value(builder, field, depth));
      }
    } else {
      builder.setField(field, value(builder, field, depth));
    }
  }

  private Object value(Message.Builder parent, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case STRING -> TEXTS.get(random.nextInt(TEXTS.size()));
      case BOOLEAN -> random.nextBoolean();
      case INT -> random.nextInt();
      case LONG -> random.nextLong();
      case DOUBLE -> (double) random.nextInt(1000) / 8;
      case FLOAT -> (float) random.nextInt(1000) / 8;
      case BYTE_STRING -> {
        byte[] bytes = new byte[random.nextInt(5)];
        random.nextBytes(bytes);
        yield ByteString.copyFrom(bytes);
      }
      case ENUM -> field.getEnumType().getValues().get(0);
      case MESSAGE -> message(parent.newBuilderForField(field), depth - 1);
    };
  }

  private Message message(Message.Builder builder, int depth) {
    String type = builder.getDescriptorForType().getFullName();
    if (type.equals("google.protobuf.Duration")) {
      return com.google.protobuf.Duration.newBuilder()
          .setSeconds(random.nextInt(100_000))
          .setNanos(random.nextInt(1_000_000_000))
          .build();
    }
    if (type.equals("google.protobuf.Timestamp")) {
      return com.google.protobuf.Timestamp.newBuilder()
          .setSeconds(random.nextInt(2_000_000_000))
          .setNanos(random.nextInt(1_000_000_000))
          .build();
    }
    if (type.equals("google.protobuf.Value")) {
      return com.google.protobuf.Value.newBuilder().setNumberValue(random.nextInt()).build();
    }
    return fill(builder.build(), depth);
  }

  static Message.Builder builderOf(Descriptor type) {
    return DynamicMessage.newBuilder(type);
  }
}
