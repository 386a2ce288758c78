package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the programs' shell says of a class archive that a JVM would leave unused. */
class ClassArchiveTest {
  private static final Path SHELL = Path.of("src/main/dist/lib/java.sh");
  private static final Instant MADE = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path lib;

  @BeforeEach
  void fill() throws IOException {
    Files.createDirectory(lib.resolve("archive"));
    write("archive/server-17.jsa", MADE);
    write("hanse-fsm.jar", MADE.minusSeconds(1));
    write("netty.jar", MADE.minusSeconds(1_000_000));
  }

  private void write(String name, Instant time) throws IOException {
    Path file = Files.writeString(lib.resolve(name), "");
    Files.setLastModifiedTime(file, FileTime.from(time));
  }

  @Test
  void shouldFitTheJarsThatItWasMadeOf() throws Exception {
    assertThat(isStale()).isFalse();
  }

  @Test
  void shouldNotFitJarsThatWereBuiltLater() throws Exception {
    write("hanse-fsm.jar", MADE.plusSeconds(1));
    assertThat(isStale()).isTrue();
  }

  private boolean isStale() throws Exception {
    Process shell =
        new ProcessBuilder(
                "bash",
                "-euc",
                ". \"$1\"; archive=$2; if is_archive_stale; then echo stale; else echo fits; fi",
                "test",
                SHELL.toAbsolutePath().toString(),
                lib.resolve("archive/server-17.jsa").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(shell.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(said).isIn("stale", "fits");
    return said.equals("stale");
  }
}
