package io.hanse.cli.agent.compilers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilerThreadsTest {
  private static final long LOOK_NANOS = 1_000;

  @TempDir private Path process;

  private Path tasks;
  private CompilerThreads threads;
  private long nowNanos;

  @BeforeEach
  void begin() throws IOException {
    tasks = Files.createDirectory(process.resolve("task"));
    threads = new CompilerThreads(tasks);
  }

  @Test
  void shouldFindThoseThatCompile() throws IOException {
    thread(7, "java", "1 2 3");
    thread(8, "C1 CompilerThre", "100 20 3");
    thread(9, "C2 CompilerThre", "5000000000 400 3");
    thread(10, "http-2-1", "1 2 3");
    assertThat(look()).containsOnlyKeys(8, 9).containsEntry(9, 400L);
  }

  @Test
  void shouldSeeOneThatCameAndOneThatWent() throws IOException {
    thread(8, "C1 CompilerThre", "100 20 3");
    look();
    thread(9, "C2 CompilerThre", "1 2 3");
    assertThat(look()).containsOnlyKeys(8, 9);
    Files.move(tasks.resolve("8"), process.resolve("gone"));
    assertThat(look()).containsOnlyKeys(9);
  }

  @Test
  void shouldNotTakeTheNumberOfOneThatWentForACompiler() throws IOException {
    thread(8, "C1 CompilerThre", "100 20 3");
    look();
    Files.move(tasks.resolve("8"), process.resolve("gone"));
    look();
    thread(8, "http-2-1", "1 2 3");
    assertThat(look()).isEmpty();
  }

  @Test
  void shouldLeaveOutOneThatEndsWhileItLooks() throws IOException {
    thread(9, "C2 CompilerThre", "1 2 3");
    Files.createSymbolicLink(tasks.resolve("8"), process.resolve("gone"));
    assertThat(look()).containsOnlyKeys(9);
  }

  @Test
  void shouldNotTakeOneThatItCannotReadForOneThatEnded() throws IOException {
    thread(8, "C1 CompilerThre", "100 20 3");
    Files.delete(tasks.resolve("8/schedstat"));
    assertThatThrownBy(this::look).isInstanceOf(IOException.class);
  }

  @Test
  void shouldCountAWaitThatLasts() throws IOException {
    thread(8, "C2 CompilerThre", "100 20 3");
    state(8, "C2 CompilerThre", 'R');
    assertThat(look()).containsEntry(8, 20L);
    assertThat(look()).containsEntry(8, 20L + LOOK_NANOS);
    assertThat(look()).containsEntry(8, 20L + 2 * LOOK_NANOS);
    thread(8, "C2 CompilerThre", "110 2600 4");
    assertThat(look()).containsEntry(8, 2600L);
  }

  @Test
  void shouldNotTakeSleepForAWait() throws IOException {
    thread(8, "C2 CompilerThre", "100 20 3");
    look();
    assertThat(look()).containsEntry(8, 20L);
    state(8, "C2 CompilerThre", 'R');
    assertThat(look()).containsEntry(8, 20L);
    thread(8, "C2 CompilerThre", "400 20 3");
    state(8, "C2 CompilerThre", 'R');
    assertThat(look()).containsEntry(8, 20L);
  }

  @Test
  void shouldSayWhetherLinuxTells() throws IOException {
    assertThat(threads.areShown()).isFalse();
    Files.writeString(process.resolve("schedstat"), "0 0 0\n");
    assertThat(threads.areShown()).isFalse();
    Files.writeString(process.resolve("schedstat"), "1 2 3\n");
    assertThat(threads.areShown()).isTrue();
  }

  private Map<Integer, Long> look() throws IOException {
    nowNanos += LOOK_NANOS;
    return threads.waitedNanos(nowNanos);
  }

  /** One that sleeps. */
  private void thread(int number, String name, String times) throws IOException {
    Path folder = Files.createDirectories(tasks.resolve(Integer.toString(number)));
    Files.writeString(folder.resolve("comm"), name + "\n");
    Files.writeString(folder.resolve("schedstat"), times + "\n");
    state(number, name, 'S');
  }

  private void state(int number, String name, char state) throws IOException {
    Files.writeString(
        tasks.resolve(number + "/stat"), "%d (%s) %c 1 1 1\n".formatted(number, name, state));
  }
}
