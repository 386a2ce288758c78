package io.hanse.fsm.filter;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The way from a row to what a selector names.
 *
 * @param kind what stands at its end
 */
record Path(List<Step> steps, Kind kind) {
  /** One step of it. A list of objects on the way stands for each of them. */
  sealed interface Step {
    record Member(FieldDescriptor field) implements Step {}

    /** The value under a key of a map. */
    record Entry(String key) implements Step {}
  }

  /** What can be asked of a value. */
  @SuppressWarnings("ImmutableEnumChecker") // Set.of makes a set that does not change.
  enum Kind {
    TEXT(MatchOperator.EQUAL, MatchOperator.IN, MatchOperator.MATCHES),
    NUMBER(MatchOperator.EQUAL),
    FLAG(MatchOperator.EQUAL),
    TEXTS(MatchOperator.IN, MatchOperator.IS_EMPTY),
    OBJECTS(MatchOperator.IS_EMPTY),
    MAP(MatchOperator.IN, MatchOperator.IS_EMPTY),
    OBJECT();

    private final Set<MatchOperator> operators;

    Kind(MatchOperator... operators) {
      this.operators = Set.of(operators);
    }

    boolean answers(MatchOperator operator) {
      return operators.contains(operator.positive());
    }

    static Kind of(FieldDescriptor field) {
      if (field.isMapField()) {
        return MAP;
      }
      boolean isList = field.isRepeated();
      return switch (field.getJavaType()) {
        case MESSAGE -> isList ? OBJECTS : OBJECT;
        case BOOLEAN -> FLAG;
        case INT, LONG -> NUMBER;
        case STRING, FLOAT, DOUBLE, BYTE_STRING, ENUM -> isList ? TEXTS : TEXT;
      };
    }
  }

  /**
   * Asks what stands at the end of the way, of a list on the way until one says yes.
   *
   * @param ifMissing the answer where a map on the way does not have the key
   */
  boolean ask(Message row, boolean ifMissing, Predicate<Object> question) {
    return ask(row, 0, ifMissing, question);
  }

  private boolean ask(Object value, int depth, boolean ifMissing, Predicate<Object> question) {
    if (depth == steps.size()) {
      return question.test(value);
    }
    if (steps.get(depth) instanceof Step.Entry entry) {
      for (Object one : (List<?>) value) {
        Message pair = (Message) one;
        if (pair.getField(part(pair, "key")).equals(entry.key())) {
          return ask(pair.getField(part(pair, "value")), depth + 1, ifMissing, question);
        }
      }
      return ifMissing;
    }
    if (value instanceof List<?> objects) {
      return objects.stream().anyMatch(object -> ask(object, depth, ifMissing, question));
    }
    FieldDescriptor field = ((Step.Member) steps.get(depth)).field();
    return ask(((Message) value).getField(field), depth + 1, ifMissing, question);
  }

  static FieldDescriptor part(Message pair, String name) {
    return pair.getDescriptorForType().findFieldByName(name);
  }
}
