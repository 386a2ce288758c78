package io.hanse.cli.agent.compilers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilerThreadsTest {
  @TempDir private Path process;

  private Path tasks;
  private CompilerThreads threads;

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
    assertThat(threads.waitedNanos()).containsOnlyKeys(8, 9).containsEntry(9, 400L);
  }

  @Test
  void shouldSeeOneThatCameAndOneThatWent() throws IOException {
    thread(8, "C1 CompilerThre", "100 20 3");
    threads.waitedNanos();
    thread(9, "C2 CompilerThre", "1 2 3");
    assertThat(threads.waitedNanos()).containsOnlyKeys(8, 9);
    Files.delete(tasks.resolve("8/schedstat"));
    assertThat(threads.waitedNanos()).containsOnlyKeys(9);
  }

  @Test
  void shouldNotTakeTheNumberOfOneThatWentForACompiler() throws IOException {
    thread(8, "C1 CompilerThre", "100 20 3");
    threads.waitedNanos();
    Files.move(tasks.resolve("8"), process.resolve("gone"));
    threads.waitedNanos();
    thread(8, "http-2-1", "1 2 3");
    assertThat(threads.waitedNanos()).isEmpty();
  }

  @Test
  void shouldSayWhetherLinuxTells() throws IOException {
    assertThat(threads.areShown()).isFalse();
    Files.writeString(process.resolve("schedstat"), "1 2 3\n");
    assertThat(threads.areShown()).isTrue();
  }

  private void thread(int number, String name, String times) throws IOException {
    Path folder = Files.createDirectories(tasks.resolve(Integer.toString(number)));
    Files.writeString(folder.resolve("comm"), name + "\n");
    Files.writeString(folder.resolve("schedstat"), times + "\n");
  }
}
