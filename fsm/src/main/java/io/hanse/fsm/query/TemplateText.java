package io.hanse.fsm.query;

import java.util.List;
import java.util.Map;

/**
 * A text with places to be filled in: {@code api-${name.suffix}}, {@code ${match(1)}}. Of Consul's
 * language of expressions it knows variables, calls of {@code match}, and literals, which may hold
 * such places in turn; no arithmetic and no conditions.
 */
record TemplateText(List<Part> parts) {
  /**
   * What the places can be filled with.
   *
   * @param groups what {@code match} answers by number
   */
  record Values(Map<String, String> variables, List<String> groups) {}

  /** A text that cannot be understood, or a value that it cannot have. */
  static final class BadTextException extends Exception {
    private static final long serialVersionUID = 1;

    BadTextException(String message) {
      super(message, null, false, false);
    }
  }

  /** A piece of it. Positions are counted in characters, from 1. */
  sealed interface Part {
    record Literal(String text) implements Part {}

    record Variable(String name, int position) implements Part {}

    record Call(String function, List<Part> arguments, int position) implements Part {}

    record Nested(TemplateText text) implements Part {}
  }

  static TemplateText parse(String text) throws BadTextException {
    return new TemplateParser(text).parse();
  }

  String with(Values values) throws BadTextException {
    StringBuilder filled = new StringBuilder();
    for (Part part : parts) {
      filled.append(value(part, values));
    }
    return filled.toString();
  }

  private static String value(Part part, Values values) throws BadTextException {
    if (part instanceof Part.Literal literal) {
      return literal.text();
    } else if (part instanceof Part.Variable variable) {
      String value = values.variables().get(variable.name());
      if (value == null) {
        throw at(variable.position(), "unknown variable accessed: " + variable.name());
      }
      return value;
    } else if (part instanceof Part.Nested nested) {
      return nested.text().with(values);
    }
    return match((Part.Call) part, values);
  }

  private static String match(Part.Call call, Values values) throws BadTextException {
    if (!call.function().equals("match")) {
      throw at(call.position(), "unknown function called: " + call.function());
    }
    if (call.arguments().size() != 1) {
      throw at(call.position(), "match: expected 1 arguments, got " + call.arguments().size());
    }
    String number = value(call.arguments().get(0), values);
    try {
      int group = Integer.parseInt(number);
      return group >= 0 && group < values.groups().size() ? values.groups().get(group) : "";
    } catch (NumberFormatException e) {
      throw new BadTextException(
          "__builtin_StringToInt: strconv.ParseInt: parsing \"" + number + "\": invalid syntax");
    }
  }

  private static BadTextException at(int position, String what) {
    return new BadTextException("1:" + position + ": " + what);
  }
}
