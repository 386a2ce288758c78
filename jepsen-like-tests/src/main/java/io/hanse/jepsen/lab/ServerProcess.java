package io.hanse.jepsen.lab;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One server of a cluster, through all its lives. */
public final class ServerProcess implements AutoCloseable {
  private static final int END_SECONDS = 20;
  private static final int TAIL_LINES = 40;

  private final Distribution distribution;
  private final String name;
  private final Path folder;
  private final Host host;
  private final @Nullable Shim shim;
  private @Nullable Process process;

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

  /** Starts it, unless it runs. */
  public synchronized void start() throws IOException {
    if (isRunning()) {
      return;
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

  /** As a power cut of the process: SIGKILL. */
  public synchronized void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.waitFor(END_SECONDS, SECONDS);
    }
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
      List<String> lines = Files.readAllLines(log(), StandardCharsets.UTF_8);
      return name
          + ":\n"
          + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
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
