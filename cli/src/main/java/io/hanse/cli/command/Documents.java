package io.hanse.cli.command;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import io.hanse.cli.config.hcl.HclText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/** Reads the files that commands are given: config entries, and data of the KV store. */
final class Documents {
  /** How a config entry that can't be read is announced; parsers add it once more, as in Consul. */
  static final String UNDECODABLE = "Failed to decode config entry input: ";

  private Documents() {}

  /** {@code -} is standard input. */
  static String load(Session session, String name) {
    try {
      return read(session, name);
    } catch (IOException e) {
      throw new CommandFailure(
          "Failed to load data: Failed to read file: open " + name + ": " + reason(e));
    }
  }

  /** The same, for those who have words of their own for what can't be read. */
  static String read(Session session, String name) throws IOException {
    return name.equals("-") ? session.standardInput() : Files.readString(session.path(name));
  }

  static Value configEntry(String text) {
    Value entry;
    try {
      entry = HclText.parseEither(text);
    } catch (SyntaxException e) {
      throw new CommandFailure(UNDECODABLE + UNDECODABLE + e.getMessage());
    }
    if (entry.atAny("Kind").isNothing()) {
      throw new CommandFailure(
          UNDECODABLE + "Payload does not contain a kind/Kind key at the top level");
    }
    return entry;
  }

  /** The name that an entry has without one: kinds of which there is a single entry. */
  static String entryName(Value entry) {
    String name = entry.atAny("Name").text();
    return name.isEmpty() && entry.atAny("Kind").text().equals("mesh") ? "mesh" : name;
  }

  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      // Its message has the file's name once more.
      return failure.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
