package io.hanse.cli;

import io.hanse.cli.client.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Runs command lines in this process and keeps what they printed. */
public final class CommandRun {
  private final Map<String, String> environment = new HashMap<>();
  private Path directory = Path.of("");
  private String input = "";

  public record Result(int exit, String out, String err) {}

  public CommandRun with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public CommandRun in(Path workingDirectory) {
    directory = workingDirectory;
    return this;
  }

  public CommandRun reading(String text) {
    input = text;
    return this;
  }

  public Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit = Main.run(session(out, err), args);
    return new Result(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** One whose output nobody reads. */
  Session session() {
    return session(new ByteArrayOutputStream(), new ByteArrayOutputStream());
  }

  private Session session(ByteArrayOutputStream out, ByteArrayOutputStream err) {
    return new Session(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
        name -> environment.getOrDefault(name, ""),
        directory);
  }
}
