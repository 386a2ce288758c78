package io.hanse.jepsen.lab;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One server of a cluster, through all its lives. */
public final class ServerProcess implements AutoCloseable {
  private static final Pattern SNAPSHOT = Pattern.compile("snapshot\\.\\d+_\\d+");

  private static final int END_SECONDS = 20;
  private static final int TAIL_LINES = 40;

  private final Distribution distribution;
  private final String name;
  private final Path folder;
  private final Host host;
  private final @Nullable Shim shim;
  private @Nullable Process process;
  private boolean mayEnd;

  ServerProcess(
      Distribution distribution, String name, Path folder, Host host, @Nullable Shim shim) {
    this.distribution = distribution;
    this.name = name;
    this.folder = folder;
    this.host = host;
    this.shim = shim;
  }

  public String name() {
    return name;
  }

  public URI http() {
    return URI.create("http://" + host.address() + ":" + host.http());
  }

  /** As {@code /v1/status/leader} names it. */
  String raftAddress() {
    return host.address() + ":" + host.server();
  }

  /** What stands between it and its system, where anything does. */
  public Optional<Shim> shim() {
    return Optional.ofNullable(shim);
  }

  Path log() {
    return folder.resolve("log");
  }

  public synchronized boolean isRunning() {
    return process != null && process.isAlive();
  }

  Path data() {
    return folder.resolve("data");
  }

  /** Whether it may end by itself, after what was done to it: then it is started again. */
  synchronized boolean mayEnd() {
    return mayEnd;
  }

  /** It may end by itself from now on, until it starts again. */
  public synchronized void letEnd() {
    mayEnd = true;
  }

  /** Starts it, unless it runs. */
  public synchronized void start() throws IOException {
    if (isRunning()) {
      return;
    }
    mayEnd = false;
    if (shim != null) {
      shim.rest();
    }
    List<String> command = new ArrayList<>(host.entry());
    command.addAll(
        List.of(
            distribution.program(),
            "agent",
            "-config-file",
            folder.resolve("config.json").toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().put("HANSE_HEAP", "128m");
    if (shim != null) {
      builder.environment().putAll(shim.environment());
    }
    process = builder.start();
  }

  /** SIGKILL. What it has written is there, forced to the disk or not. */
  public synchronized void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.waitFor(END_SECONDS, SECONDS);
    }
  }

  /** Waits until it ended by itself. */
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    Process running;
    synchronized (this) {
      running = process;
    }
    return running == null || running.waitFor(patience.toMillis(), MILLISECONDS);
  }

  /** What it knows itself by, as the others list it; empty before it has chosen that. */
  public String nodeId() {
    return chosen("node-id");
  }

  /** What it votes as; empty before it has chosen that. */
  public String raftId() {
    return chosen("raft/server-id");
  }

  private String chosen(String file) {
    try {
      return Files.readString(data().resolve(file)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** All that it said, in all its lives. */
  public List<String> said() {
    try {
      // Not strictly: a process that is killed may end in the midst of a character.
      return new String(Files.readAllBytes(log()), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes all its data; it must not run. */
  public void wipe() throws IOException {
    Folders.delete(data());
  }

  /** Deletes its part of the replicated state; it must not run. */
  public void wipeRaft() throws IOException {
    Folders.delete(data().resolve("raft"));
  }

  /** Files of its log, oldest first. */
  public List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.walk(data().resolve("raft/groups"))) {
      return files
          .filter(path -> path.getFileName().toString().startsWith("log_"))
          .sorted(Comparator.comparing(ServerProcess::firstIndex))
          .toList();
    }
  }

  /** Its finished snapshots, oldest first. */
  public List<Path> snapshots() throws IOException {
    try (Stream<Path> files = Files.walk(data().resolve("raft/groups"))) {
      return files
          .filter(path -> SNAPSHOT.matcher(path.getFileName().toString()).matches())
          .sorted(Comparator.comparing(ServerProcess::snapshotIndex))
          .toList();
    } catch (UncheckedIOException e) {
      // One was deleted for a newer one meanwhile.
      return List.of();
    }
  }

  private static long snapshotIndex(Path snapshot) {
    String name = snapshot.getFileName().toString();
    return Long.parseLong(name.substring(name.indexOf('_') + 1));
  }

  /** Of {@code log_inprogress_7} as of {@code log_7-9}: 7. */
  private static long firstIndex(Path segment) {
    String name = segment.getFileName().toString().replaceFirst("log_(inprogress_)?", "");
    return Long.parseLong(name.replaceFirst("-.*", ""));
  }

  /** Asks it to end, and waits. */
  public synchronized int stop() throws IOException, InterruptedException {
    Process running = process;
    if (running == null) {
      return 0;
    }
    running.destroy();
    if (!running.waitFor(END_SECONDS, SECONDS)) {
      running.destroyForcibly();
      throw new IOException(name + " did not end in " + END_SECONDS + " s:\n" + tail());
    }
    return running.exitValue();
  }

  public void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private synchronized void signal(String signal) throws IOException, InterruptedException {
    Process running = process;
    if (running != null && running.isAlive()) {
      new ProcessBuilder("kill", "-" + signal, Long.toString(running.pid())).start().waitFor();
    }
  }

  /** The end of what it said. */
  public String tail() {
    try {
      List<String> lines = said();
      return name
          + ":\n"
          + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (UncheckedIOException e) {
      return name + ": no log (" + e.getMessage() + ")";
    }
  }

  @Override
  public synchronized void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
