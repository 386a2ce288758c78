package io.hanse.cli.config;

import io.hanse.cli.config.hcl.HclText;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads configuration files. What it answers has known keys only. */
public final class ConfigFiles {
  /** More than any configuration; a larger file was named by mistake. */
  private static final long FILE_BYTES_MAX = 64L << 20;

  private ConfigFiles() {}

  /** All of a file or directory, in alphabetical order. {@code format} is "", "hcl" or "json". */
  static List<Value.Fields> readAll(
      Path directory, String name, String format, Consumer<String> warnings) {
    Path path = directory.resolve(name);
    if (!Files.isDirectory(path)) {
      if (format.isEmpty() && Files.exists(path) && !hasKnownEnding(path)) {
        warnings.accept(
            "skipping file "
                + name
                + ", extension must be .hcl or .json, or config format must be set");
        return List.of();
      }
      return List.of(read(path, name, format));
    }
    List<Value.Fields> sources = new ArrayList<>();
    try (Stream<Path> entries = Files.list(path)) {
      for (Path file : entries.filter(Files::isRegularFile).sorted().toList()) {
        if (!format.isEmpty() || hasKnownEnding(file)) {
          sources.add(read(file, file.toString(), format));
        }
      }
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    return sources;
  }

  /** {@code name} is how the user called it. */
  public static Value.Fields read(Path file, String name, String format) {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new ConfigException(
            "config: " + name + " is larger than " + FILE_BYTES_MAX + " bytes");
      }
      String text = Files.readString(file);
      boolean json = format.isEmpty() ? name.endsWith(".json") : format.equals("json");
      return parse(name, text, json ? "json" : "hcl");
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** With "" as the format, JSON where it looks like it. */
  public static Value.Fields parse(String name, String text, String format) {
    try {
      Value value =
          switch (format) {
            case "json" -> JsonText.parse(text);
            case "hcl" -> HclText.parse(text);
            case "" -> HclText.parseEither(text);
            default ->
                throw new ConfigException(
                    "config: -config-format must be either 'hcl' or 'json', not '" + format + "'");
          };
      if (!(value instanceof Value.Fields fields)) {
        throw new ConfigException("failed to parse " + name + ": an object is expected");
      }
      return ConfigTree.checked(name, fields);
    } catch (SyntaxException e) {
      throw new ConfigException("failed to parse " + name + ": " + e.getMessage());
    }
  }

  private static boolean hasKnownEnding(Path file) {
    return file.toString().endsWith(".hcl") || file.toString().endsWith(".json");
  }

  private static ConfigException unreadable(String name, IOException e) {
    String reason = String.valueOf(e.getMessage());
    if (e instanceof NoSuchFileException) {
      reason = "no such file or directory";
    } else if (e instanceof AccessDeniedException) {
      reason = "permission denied";
    }
    return new ConfigException("config: Open failed on " + name + ". open " + name + ": " + reason);
  }
}
