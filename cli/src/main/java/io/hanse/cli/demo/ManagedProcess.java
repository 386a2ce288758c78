package io.hanse.cli.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process that the demo started, and its log. It touches no other process. */
final class ManagedProcess {
  private static final long STOP_SECONDS_MAX = 25;
  private static final int TAIL_LINES = 15;

  /** To compile for hours of load would cost the two minutes of the demo half of their time. */
  private static final String JVM_FLAGS = "HANSE_JVM_FLAGS";

  private final String name;
  private final List<String> command;
  private final Path log;
  private @Nullable Process process;
  private boolean wanted;

  ManagedProcess(String name, List<String> command, Path log) {
    this.name = name;
    this.command = List.copyOf(command);
    this.log = log;
  }

  String name() {
    return name;
  }

  Path log() {
    return log;
  }

  synchronized void start() {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeIf(ManagedProcess::isSetting);
    builder.environment().putIfAbsent(JVM_FLAGS, "-XX:TieredStopAtLevel=1");
    try {
      process = builder.start();
      wanted = true;
    } catch (IOException e) {
      throw new DemoFailure("can't start " + name + ": " + e.getMessage(), null);
    }
  }

  /** What the user's own environment says must not lead the demo elsewhere. */
  static boolean isSetting(String variable) {
    return !variable.equals("HANSE_HEAP")
        && !variable.equals("HANSE_ARCHIVE")
        && !variable.equals(JVM_FLAGS)
        && (variable.startsWith("HANSE_")
            || variable.startsWith("CONSUL_")
            || variable.startsWith("CONNECT_"));
  }

  synchronized long pid() {
    return process == null ? -1 : process.pid();
  }

  /** Whether it ended by itself. */
  synchronized boolean isLost() {
    return wanted && process != null && !process.isAlive();
  }

  synchronized int exitCode() {
    return process == null || process.isAlive() ? -1 : process.exitValue();
  }

  /** What {@code kill -9} does. */
  synchronized void kill() {
    wanted = false;
    if (process != null) {
      process.destroyForcibly();
      await(process, STOP_SECONDS_MAX);
    }
  }

  /** Asks it to stop; all can be asked before any is waited for. */
  synchronized void askToStop() {
    wanted = false;
    if (process != null) {
      process.destroy();
    }
  }

  /** Waits until it has stopped, and ends it where it takes too long. */
  synchronized void awaitStop() {
    if (process != null && !await(process, STOP_SECONDS_MAX)) {
      kill();
    }
  }

  private static boolean await(Process process, long seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Memory that it occupies, from the kernel's books; 0 where there are none. */
  long residentMegabytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElse(0)
          / 1024;
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /** The last lines of its log. */
  List<String> tail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
    } catch (IOException e) {
      return List.of("(no log: " + e.getMessage() + ")");
    }
  }
}
