package io.hanse.cli.agent.compilers;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
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

  private Map<Integer, Sight> seen = Map.of();
  private long lookedNanos;

  CompilerThreads() {
    this(TASKS);
  }

  CompilerThreads(Path tasks) {
    this.tasks = tasks;
  }

  /** Whether Linux was built, and started, to tell what {@link #waitedNanos} asks for. */
  boolean areShown() {
    try {
      // All are 0 where it was built to, but not started to.
      return !Files.readString(tasks.resolveSibling("schedstat")).startsWith("0 ");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * How long each waited in all for a processor while it could run, in nanoseconds by number.
   *
   * @throws IOException if they can't be seen now
   */
  Map<Integer, Long> waitedNanos(long nowNanos) throws IOException {
    Map<Integer, Sight> now = new TreeMap<>();
    Map<String, Boolean> before = Map.copyOf(known);
    known.clear();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        String number = thread.getFileName().toString();
        try {
          Boolean was = before.get(number);
          boolean isCompiler = was == null ? isCompiler(thread) : was;
          if (isCompiler) {
            now.put(Integer.valueOf(number), look(thread, nowNanos));
          }
          known.put(number, isCompiler);
        } catch (IOException e) {
          // It has ended meanwhile, or this process may open no more files.
          if (Files.exists(thread)) {
            throw e;
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    seen = now;
    lookedNanos = nowNanos;
    Map<Integer, Long> waited = new TreeMap<>();
    now.forEach((number, sight) -> waited.put(number, sight.waitedNanos()));
    return waited;
  }

  private static boolean isCompiler(Path thread) throws IOException {
    return Files.readString(thread.resolve("comm")).strip().matches(COMPILER);
  }

  private Sight look(Path thread, long nowNanos) throws IOException {
    boolean canRun = state(thread) == 'R';
    Sight now = new Sight(canRun, times(thread), 0);
    Sight before = seen.get(Integer.valueOf(thread.getFileName().toString()));
    return before != null && now.waitsSince(before)
        ? new Sight(canRun, now.times, before.lastingNanos + nowNanos - lookedNanos)
        : now;
  }

  /** The third field of many: the second, its name, may hold blanks and brackets. */
  private static char state(Path thread) throws IOException {
    String stat = Files.readString(thread.resolve("stat"));
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }

  /** How long it ran, how long it waited, and how often it was given a processor. */
  private static String times(Path thread) throws IOException {
    return Files.readString(thread.resolve("schedstat")).strip();
  }

  /**
   * What was seen of a thread. Linux adds a wait to the times only when it is over, and one of
   * {@code SCHED_IDLE} may last for seconds.
   */
  private record Sight(boolean canRun, String times, long lastingNanos) {
    /** It did not run, nor did it sleep: it would have run in between. */
    boolean waitsSince(Sight before) {
      return before.canRun && canRun && before.times.equals(times);
    }

    long waitedNanos() {
      return Long.parseLong(times.split(" ", -1)[1]) + lastingNanos;
    }
  }
}
