package io.hanse.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the demo started, and how to ask it. Closing stops all of it and nothing else.
 */
final class Scene implements AutoCloseable {
  private static final int POLL_MILLIS = 100;
  private static final long COMMAND_SECONDS_MAX = 60;

  private final Program program;
  private final Path directory;
  private final Narrator narrator;
  private final List<ManagedProcess> processes = new ArrayList<>();
  private final List<AutoCloseable> parts = new ArrayList<>();
  private boolean closed;

  Scene(Program program, Path directory, Narrator narrator) {
    this.program = program;
    this.directory = directory;
    this.narrator = narrator;
  }

  Narrator narrator() {
    return narrator;
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  /** One that is known but not started yet. */
  synchronized ManagedProcess process(String name, List<String> arguments) {
    ManagedProcess process =
        new ManagedProcess(name, program.command(arguments), path(name + ".log"));
    processes.add(process);
    return process;
  }

  synchronized void start(ManagedProcess process) {
    if (closed) {
      throw new DemoFailure("interrupted", null);
    }
    process.start();
  }

  synchronized <T extends AutoCloseable> T part(T part) {
    parts.add(part);
    return part;
  }

  synchronized List<ManagedProcess> processes() {
    return List.copyOf(processes);
  }

  /** Runs a client command against a server, tells of it, and answers what it printed. */
  String hanse(DemoServer server, String command, String... flags) {
    return hanse(server, List.of(), command, flags);
  }

  /** The same with words that the story leaves out: a token is longer than anyone reads. */
  String hanse(DemoServer server, List<String> secret, String command, String... flags) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.add("-http-addr=" + server.httpAddress());
    words.addAll(List.of(flags));
    List<String> shown = new ArrayList<>(words);
    shown.replaceAll(word -> secret.contains(word) ? word.substring(0, 12) + "…" : word);
    String typed = "hanse " + shown.stream().map(Scene::quoted).collect(Collectors.joining(" "));
    String output = run(server, typed, words);
    narrator.did(typed, secret.isEmpty() && !command.endsWith("token") ? output : "");
    return output.strip();
  }

  private String run(DemoServer server, String typed, List<String> words) {
    Path file = path("command.out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(program.command(words))
              .redirectErrorStream(true)
              .redirectOutput(file.toFile());
      builder.environment().keySet().removeIf(ManagedProcess::isSetting);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new DemoFailure("`" + typed + "` took too long", server.process());
      }
      String output = Files.readString(file, StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new DemoFailure(
            "`" + typed + "` ended with " + process.exitValue() + ": " + output.strip(),
            server.process());
      }
      return output;
    } catch (IOException e) {
      throw new DemoFailure("can't run `" + typed + "`: " + e.getMessage(), server.process());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted", null);
    }
  }

  private static String quoted(String word) {
    return word.matches("[\\w./:=,@…-]*") ? word : "'" + word + "'";
  }

  /**
   * Asks until there is an answer. An exception counts as none; the last one is told if the time is
   * over.
   */
  <T> T await(
      String what,
      Duration limit,
      @Nullable ManagedProcess witness,
      Callable<Optional<T>> attempt) {
    long deadline = System.nanoTime() + limit.toNanos();
    String last = "";
    while (true) {
      failIfOneIsLost();
      try {
        Optional<T> answer = attempt.call();
        if (answer.isPresent()) {
          return answer.get();
        }
      } catch (DemoFailure e) {
        throw e;
      } catch (Exception e) {
        last = "; the last attempt: " + e.getMessage();
      }
      if (System.nanoTime() > deadline) {
        throw new DemoFailure(
            "waited " + limit.toSeconds() + " s in vain: " + what + last, witness);
      }
      pause(POLL_MILLIS);
    }
  }

  void awaitTrue(
      String what, Duration limit, @Nullable ManagedProcess witness, Callable<Boolean> attempt) {
    await(what, limit, witness, () -> Optional.of(attempt.call()).filter(Boolean::booleanValue));
  }

  private void failIfOneIsLost() {
    for (ManagedProcess process : processes()) {
      if (process.isLost()) {
        throw new DemoFailure(
            process.name() + " ended by itself with " + process.exitCode(), process);
      }
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted", null);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        narrator.tell("can't stop a part: " + e.getMessage());
      }
    }
    processes().forEach(ManagedProcess::askToStop);
    processes().forEach(ManagedProcess::awaitStop);
  }

  /** Removes all files; only what the demo made is there. */
  void delete() {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      narrator.tell("can't delete " + directory + ": " + e.getMessage());
    }
  }

  Path directory() {
    return directory;
  }
}
