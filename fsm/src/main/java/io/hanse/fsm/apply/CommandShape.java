package io.hanse.fsm.apply;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Command.BodyCase;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a command must be before it is brought to the log, whoever made it: one that no server could
 * read again would end them all, at each start anew.
 */
public final class CommandShape {
  /** Far below what the reader of the log and of rows allows (100), as they wrap commands. */
  private static final int DEPTH_MAX = 64;

  /** Of each message, by its name, the fields through which it can contain one of its own kind. */
  private static final Map<String, List<FieldDescriptor>> NESTING = nesting();

  /** The bodies in which there may be any number of levels. Asked of each command. */
  private static final Set<Integer> MAY_NEST =
      NESTING.getOrDefault(Command.getDescriptor().getFullName(), List.of()).stream()
          .map(FieldDescriptor::getNumber)
          .collect(Collectors.toUnmodifiableSet());

  private CommandShape() {}

  /** Why the command must not be submitted. */
  public static Optional<ProblemException> flaw(Command command) {
    int size = command.getSerializedSize();
    if (size > ClusterStateMachine.COMMAND_BYTES_MAX) {
      return Optional.of(
          new ProblemException(
              ProblemCode.TOO_LARGE,
              "a command of "
                  + size
                  + " bytes is too large, at most "
                  + ClusterStateMachine.COMMAND_BYTES_MAX
                  + " are; write less at once"));
    }
    if (command.getBodyCase() == BodyCase.BODY_NOT_SET) {
      return Optional.of(
          new ProblemException(ProblemCode.INVALID_ARGUMENT, "the command says nothing"));
    }
    return MAY_NEST.contains(command.getBodyCase().getNumber()) && isTooDeep(command)
        ? Optional.of(
            new ProblemException(
                ProblemCode.INVALID_ARGUMENT,
                "the command is nested too deeply, more than " + DEPTH_MAX + " messages"))
        : Optional.empty();
  }

  /** Whether the message, a command or a part of one, is nested more deeply than is allowed. */
  static boolean isTooDeep(Message message) {
    return isDeeper(message, DEPTH_MAX);
  }

  /** Whether there are more levels below the message. Looks only where there may be any number. */
  private static boolean isDeeper(Message message, int levels) {
    String type = message.getDescriptorForType().getFullName();
    for (FieldDescriptor field : NESTING.getOrDefault(type, List.of())) {
      if (field.isRepeated()) {
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
          if (levels == 0 || isDeeper((Message) message.getRepeatedField(field, i), levels - 1)) {
            return true;
          }
        }
      } else if (message.hasField(field)
          && (levels == 0 || isDeeper((Message) message.getField(field), levels - 1))) {
        return true;
      }
    }
    return false;
  }

  private static Map<String, List<FieldDescriptor>> nesting() {
    Map<String, Descriptor> types = new TreeMap<>();
    collect(Command.getDescriptor(), types);
    // Flat is what has only flat messages in it, and so a fixed number of levels.
    Set<String> flat = new TreeSet<>();
    while (flat.addAll(
        types.values().stream()
            .filter(type -> messagesIn(type).allMatch(field -> isOf(flat, field)))
            .map(Descriptor::getFullName)
            .toList())) {}
    Map<String, List<FieldDescriptor>> nesting = new TreeMap<>();
    types.forEach(
        (name, type) -> {
          if (!flat.contains(name)) {
            nesting.put(name, messagesIn(type).filter(field -> !isOf(flat, field)).toList());
          }
        });
    return nesting;
  }

  private static boolean isOf(Set<String> types, FieldDescriptor field) {
    return types.contains(field.getMessageType().getFullName());
  }

  private static void collect(Descriptor type, Map<String, Descriptor> types) {
    if (types.putIfAbsent(type.getFullName(), type) == null) {
      messagesIn(type).forEach(field -> collect(field.getMessageType(), types));
    }
  }

  private static Stream<FieldDescriptor> messagesIn(Descriptor type) {
    return type.getFields().stream()
        .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE);
  }
}
