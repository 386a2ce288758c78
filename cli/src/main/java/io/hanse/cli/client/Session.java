package io.hanse.cli.client;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * All that a command sees of the process around it. {@code environment} answers null or a value.
 */
public record Session(
    PrintStream out,
    PrintStream err,
    InputStream in,
    UnaryOperator<String> environment,
    Path directory) {

  /**
   * The console of a minimal locale would turn what is not ASCII into question marks. Standard
   * input may be a pipe, in which a bare file stream of JDK 17 would seek before it reads all.
   */
  public static Session ofProcess() {
    return new Session(
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        new BufferedInputStream(new FileInputStream(FileDescriptor.in)),
        System::getenv,
        Path.of(""));
  }

  /** The value of {@code HANSE_<name>} or else of its twin {@code CONSUL_<name>}, if not empty. */
  public Optional<String> setting(String name) {
    return variable("HANSE_" + name).or(() -> variable("CONSUL_" + name));
  }

  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.apply(name)).filter(value -> !value.isEmpty());
  }

  public Path path(String name) {
    return directory.resolve(name);
  }

  public String standardInput() {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CommandFailure("Failed to read stdin: " + e.getMessage());
    }
  }

  /** Ends lines as scripts expect them, on every system. */
  public void print(String line) {
    out.print(line + "\n");
  }

  public void warn(String line) {
    err.print(line + "\n");
  }
}
