package io.hanse.cli;

import io.hanse.cli.client.Session;
import io.hanse.cli.program.PlainFactory;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Makes picocli's model of commands. For a command line only that of the one command it names: the
 * model of a group with all its flags costs more than the command itself.
 */
final class CommandTree {
  static final String PROGRAM = "hanse";

  private static final PlainFactory FACTORY = new PlainFactory();

  private CommandTree() {}

  /** A group has no action of its own, only methods and groups below it. */
  static boolean isGroup(Object command) {
    return !(command instanceof Callable || command instanceof CommandSpec);
  }

  static boolean hasMethod(Object group, String name) {
    return methods(group).stream().anyMatch(method -> nameOf(method).equals(name));
  }

  static List<Method> methods(Object group) {
    return CommandLine.getCommandMethods(group.getClass(), null).stream()
        .sorted(Comparator.comparing(CommandTree::nameOf))
        .toList();
  }

  static String nameOf(Method method) {
    return Objects.requireNonNull(method.getAnnotation(Command.class)).name();
  }

  static String describe(Object command) {
    return command instanceof CommandSpec spec
        ? firstLine(spec.usageMessage().description())
        : firstLine(
            Objects.requireNonNull(command.getClass().getAnnotation(Command.class)).description());
  }

  static String describe(Method method) {
    return firstLine(Objects.requireNonNull(method.getAnnotation(Command.class)).description());
  }

  static CommandLine leaf(String path, Object command) {
    return configured(path, new CommandLine(command, FACTORY));
  }

  /** One method of a group, which picocli calls on the group's object. */
  static CommandLine leaf(String path, Object group, String name) {
    Method method =
        methods(group).stream()
            .filter(candidate -> nameOf(candidate).equals(name))
            .findFirst()
            .orElseThrow();
    CommandLine leaf = new CommandLine(method, FACTORY);
    new CommandLine(CommandSpec.wrapWithoutInspection(group, FACTORY), FACTORY)
        .addSubcommand(name, leaf);
    return configured(path + " " + name, leaf);
  }

  private static CommandLine configured(String path, CommandLine leaf) {
    CommandSpec spec = leaf.getCommandSpec();
    String positional =
        spec.positionalParameters().stream()
            .filter(parameter -> !parameter.hidden())
            .map(parameter -> " " + parameter.paramLabel())
            .reduce("", String::concat);
    spec.usageMessage()
        .customSynopsis(PROGRAM + " " + path + " [options]" + positional)
        .sortOptions(true)
        .width(100);
    // Set at the top, picocli hands them down.
    top(leaf)
        .setPosixClusteredShortOptionsAllowed(false)
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true);
    return leaf;
  }

  /** The first line of a description: what it does, without the details. */
  private static String firstLine(String[] description) {
    return description.length == 0 ? "" : description[0];
  }

  /** What to execute for a leaf: its group where it is a method, then with its name in front. */
  static CommandLine top(CommandLine leaf) {
    return leaf.getParent() == null ? leaf : leaf.getParent();
  }

  /** Everything at once, as only completion needs it. */
  static CommandLine whole(Session session) {
    CommandLine root = new CommandLine(CommandSpec.create().name(PROGRAM), FACTORY);
    addBelow("", root, session);
    return root;
  }

  private static void addBelow(String path, CommandLine line, Session session) {
    String prefix = path.isEmpty() ? "" : path + " ";
    for (String name : Commands.below(path)) {
      Object command = Commands.create(prefix + name, session);
      if (isGroup(command)) {
        CommandLine group = new CommandLine(CommandSpec.create().name(name), FACTORY);
        for (Method method : methods(command)) {
          group.addSubcommand(nameOf(method), new CommandLine(method, FACTORY));
        }
        addBelow(prefix + name, group, session);
        line.addSubcommand(name, group);
      } else {
        line.addSubcommand(name, new CommandLine(command, FACTORY));
      }
    }
  }
}
