package io.hanse.cli.agent.compilers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The threads of this JVM that compile, as Linux shows them: proc(5). Not thread-safe. */
final class CompilerThreads {
  private static final Path TASKS = Path.of("/proc/self/task");

  /** Linux keeps 15 characters of a name: {@code C2 CompilerThread0} and its like. */
  private static final String COMPILER = "C[12] CompilerThre";

  private final Path tasks;

  /**
   * By number, whether it is one: all threads of a server are many. One that is caught before it
   * has its name counts for another.
   */
  private final Map<String, Boolean> known = new HashMap<>();

  CompilerThreads() {
    this(TASKS);
  }

  CompilerThreads(Path tasks) {
    this.tasks = tasks;
  }

  /** Whether Linux was built to tell what {@link #waitedNanos()} asks for. */
  boolean areShown() {
    return Files.isReadable(tasks.resolveSibling("schedstat"));
  }

  /** How long each waited in all for a processor while it could run, in nanoseconds by number. */
  Map<Integer, Long> waitedNanos() throws IOException {
    Map<Integer, Long> waited = new TreeMap<>();
    Map<String, Boolean> before = Map.copyOf(known);
    known.clear();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        String number = thread.getFileName().toString();
        try {
          Boolean was = before.get(number);
          boolean isCompiler = was == null ? isCompiler(thread) : was;
          known.put(number, isCompiler);
          if (isCompiler) {
            waited.put(Integer.valueOf(number), waitedNanos(thread));
          }
        } catch (IOException e) {
          // It has ended meanwhile.
          known.remove(number);
        }
      }
    }
    return waited;
  }

  private static boolean isCompiler(Path thread) throws IOException {
    return Files.readString(thread.resolve("comm")).strip().matches(COMPILER);
  }

  /** The second of three numbers: what it ran, what it waited, how often it ran. */
  private static long waitedNanos(Path thread) throws IOException {
    return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", -1)[1]);
  }
}
