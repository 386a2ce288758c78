package io.hanse.cli;

import io.hanse.cli.client.Session;
import io.hanse.cli.client.Table;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/** The pages of the root and of groups: what is below them. */
final class Help {
  private static final String INDENT = "    ";

  private Help() {}

  static String root(Session session) {
    TreeMap<String, String> rows = new TreeMap<>();
    for (String name : Commands.below("")) {
      rows.put(name, CommandTree.describe(Commands.create(name, session)));
    }
    return page(
        CommandTree.PROGRAM + " [--version] [--help] <command> [<args>]",
        "A service catalog and mesh that joins independent clusters.",
        "Commands",
        rows);
  }

  static String group(String path, Object group, Session session) {
    Command annotation = Objects.requireNonNull(group.getClass().getAnnotation(Command.class));
    String[] synopsis = annotation.customSynopsis();
    TreeMap<String, String> rows = new TreeMap<>();
    for (Method method : CommandTree.methods(group)) {
      rows.put(CommandTree.nameOf(method), CommandTree.describe(method));
    }
    for (String name : Commands.below(path)) {
      rows.put(name, CommandTree.describe(Commands.create(path + " " + name, session)));
    }
    return page(
        CommandTree.PROGRAM
            + " "
            + path
            + " "
            + (synopsis.length > 0 ? synopsis[0] : "<subcommand> [options] [args]"),
        CommandTree.describe(group),
        "Subcommands",
        rows);
  }

  private static String page(
      String usage, String description, String title, Map<String, String> rows) {
    Table table = new Table();
    rows.forEach((name, text) -> table.row(INDENT + name, text));
    return "Usage: " + usage + "\n\n  " + description + "\n\n" + title + ":\n\n" + table.text();
  }
}
