package io.hanse.fsm.row;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {
  private static final String PLANTED = "planted-secret";
  private static final int DEPTH_MAX = 6;

  private static List<Descriptor> messages() {
    List<Descriptor> all = new ArrayList<>();
    for (FileDescriptor file :
        List.of(
            AclProto.getDescriptor(),
            AuthorityProto.getDescriptor(),
            AutopilotProto.getDescriptor(),
            CommandProto.getDescriptor(),
            FeatureProto.getDescriptor(),
            SystemProto.getDescriptor(),
            ConfigProto.getDescriptor(),
            PeeringSecretsProto.getDescriptor(),
            PeeringProto.getDescriptor(),
            ServiceProto.getDescriptor())) {
      file.getMessageTypes().forEach(type -> collect(type, all));
    }
    return all;
  }

  private static void collect(Descriptor type, List<Descriptor> all) {
    all.add(type);
    type.getNestedTypes().forEach(nested -> collect(nested, all));
  }

  /** A message of which every secret field, however deep, holds the planted text. */
  private static Message planted(Descriptor type, int depth) {
    DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      if (field.isMapField()) {
        continue;
      }
      boolean isSecret = field.getOptions().getExtension(FieldRules.secret);
      Object value;
      if (field.getJavaType() == JavaType.MESSAGE) {
        if (depth == DEPTH_MAX || field.getMessageType().getFullName().startsWith("google.")) {
          continue;
        }
        value = planted(field.getMessageType(), depth + 1);
      } else if (field.getJavaType() == JavaType.BYTE_STRING) {
        value = ByteString.copyFromUtf8(PLANTED);
      } else if (field.getJavaType() == JavaType.STRING) {
        value = isSecret ? PLANTED : "plain";
      } else {
        continue;
      }
      if (field.getContainingOneof() != null && builder.hasOneof(field.getContainingOneof())) {
        continue;
      }
      if (field.isRepeated()) {
        builder.addRepeatedField(field, value);
      } else {
        builder.setField(field, value);
      }
    }
    return builder.build();
  }

  @Test
  void shouldPrintNoSecretOfAnyMessage() {
    assertThat(messages()).hasSizeGreaterThan(60);
    for (Descriptor type : messages()) {
      assertThat(Redaction.print(planted(type, 0))).as(type.getFullName()).doesNotContain(PLANTED);
    }
  }

  @Test
  void shouldPrintNoSecretOfAnyCommand() {
    for (FieldDescriptor body : Command.getDescriptor().getOneofs().get(0).getFields()) {
      Message command =
          DynamicMessage.newBuilder(Command.getDescriptor())
              .setField(body, planted(body.getMessageType(), 0))
              .build();
      assertThat(Redaction.print(command)).contains(body.getName()).doesNotContain(PLANTED);
    }
  }

  @Test
  void shouldPrintOnlyKeysOfFreeFormMaps() {
    Struct config =
        Struct.newBuilder()
            .putFields("PrivateKey", Value.newBuilder().setStringValue(PLANTED).build())
            .build();

    assertThat(Redaction.print(CaConfiguration.newBuilder().setConfig(config).build()))
        .isEqualTo("{config=[PrivateKey]}");
  }

  @Test
  void shouldCutWhatIsLong() {
    Message node = Node.newBuilder().setNode("n".repeat(10_000)).build();

    assertThat(Redaction.print(node)).hasSize(2_001).endsWith("…");
  }
}
