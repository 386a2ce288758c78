package io.hanse.cli;

import io.hanse.cli.client.FlagsAnywhere;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * Flags as Go programs read them: one dash or two, value after a blank or an equals sign, flags
 * before arguments, {@code -flag=false}. It turns a command line into the one spelling that picocli
 * is told of.
 */
final class FlagStyle {
  /** A command line whose flags make no sense. */
  static final class FlagException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FlagException(String message) {
      super(message);
    }
  }

  private static final Set<String> HELP = Set.of("-h", "-help", "--help");
  private static final Set<String> VERSION = Set.of("-v", "-version", "--version");
  private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

  private FlagStyle() {}

  static boolean asksForHelp(List<String> args) {
    return args.stream().takeWhile(arg -> !arg.equals("--")).anyMatch(HELP::contains);
  }

  static boolean asksForVersion(List<String> args) {
    return !args.isEmpty() && VERSION.contains(args.get(0));
  }

  static List<String> normalized(CommandSpec spec, List<String> args) {
    List<String> flags = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    boolean anywhere = takesFlagsAnywhere(spec);
    int next = 0;
    while (next < args.size()) {
      String arg = args.get(next);
      if (arg.equals("--")) {
        next++;
        break;
      }
      if (arg.length() < 2 || arg.charAt(0) != '-') {
        if (!anywhere) {
          break;
        }
        arguments.add(arg);
        next++;
        continue;
      }
      next++;
      String text = arg.substring(arg.startsWith("--") ? 2 : 1);
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      if (name.isEmpty() || name.startsWith("-")) {
        throw new FlagException("bad flag syntax: " + arg);
      }
      OptionSpec option = spec.findOption("-" + name);
      if (option == null) {
        throw new FlagException("flag provided but not defined: -" + name);
      }
      if (isBoolean(option)) {
        // The last one counts.
        flags.remove("-" + name);
        if (equals < 0 || truth(name, text.substring(equals + 1))) {
          flags.add("-" + name);
        }
      } else if (isSwitch(option)) {
        boolean value = equals < 0 || truth(name, text.substring(equals + 1));
        flags.removeIf(flag -> flag.startsWith("-" + name + "="));
        flags.add("-" + name + "=" + value);
      } else if (equals >= 0) {
        flags.add("-" + text);
      } else if (next < args.size()) {
        flags.add("-" + name + "=" + args.get(next++));
      } else {
        throw new FlagException("flag needs an argument: -" + name);
      }
    }
    flags.add("--");
    flags.addAll(arguments);
    flags.addAll(args.subList(next, args.size()));
    return flags;
  }

  private static boolean takesFlagsAnywhere(CommandSpec spec) {
    return spec.mixins().values().stream()
        .anyMatch(mixin -> mixin.userObject() instanceof FlagsAnywhere);
  }

  private static boolean isBoolean(OptionSpec option) {
    return option.arity().max() == 0;
  }

  /** A boolean of which it matters whether it was given at all. */
  private static boolean isSwitch(OptionSpec option) {
    return option.type() == Boolean.class;
  }

  private static boolean truth(String name, String value) {
    if (TRUE.contains(value)) {
      return true;
    }
    if (FALSE.contains(value)) {
      return false;
    }
    throw new FlagException(
        "invalid boolean value \"" + value + "\" for -" + name + ": parse error");
  }

  /** What Go would say of a value of the wrong type. */
  static String message(ParameterException problem) {
    if (problem.getArgSpec() instanceof OptionSpec option && problem.getValue() != null) {
      String reason =
          option.converters().length > 0
                  && problem.getCause() instanceof TypeConversionException cause
              ? String.valueOf(cause.getMessage())
              : "parse error";
      return "invalid value \""
          + problem.getValue()
          + "\" for flag "
          + option.longestName()
          + ": "
          + reason;
    }
    return String.valueOf(problem.getMessage());
  }
}
