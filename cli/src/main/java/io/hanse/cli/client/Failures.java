package io.hanse.cli.client;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns what went wrong into the line that a user reads. */
public final class Failures {
  private Failures() {}

  /** Runs a call; where it fails, the line begins with what was being done. */
  public static <T> T during(String action, Supplier<T> call) {
    try {
      return call.get();
    } catch (ApiException e) {
      throw new CommandFailure(action + ": " + e.getMessage());
    }
  }

  /** A flag that must be there. */
  public static String required(String value, String message) {
    if (value.isEmpty()) {
      throw new CommandFailure(message);
    }
    return value;
  }

  /** {@code valid} lists the formats as the message does: {@code json|pretty}. */
  public static void requireFormat(String format, String valid) {
    if (!format.equals("pretty") && !format.equals("json")) {
      throw new CommandFailure("Invalid format, valid formats are {" + valid + "}");
    }
  }

  /** The positional arguments, which picocli leaves null where there are none. */
  public static List<String> arguments(@Nullable List<String> arguments) {
    return arguments == null ? List.of() : arguments;
  }

  public static void requireNoArguments(@Nullable List<String> arguments) {
    requireAtMost(0, arguments(arguments));
  }

  public static void requireAtMost(int count, List<String> arguments) {
    if (arguments.size() > count) {
      throw new CommandFailure(
          "Too many arguments (expected " + count + ", got " + arguments.size() + ")");
    }
  }
}
