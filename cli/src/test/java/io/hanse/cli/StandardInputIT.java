package io.hanse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A pipe can't be had within one process: reading one as a file is another matter. */
class StandardInputIT {
  @Test
  void shouldReadAPipeToItsEnd() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "peering",
                "token",
                "inspect",
                "-")
            .redirectErrorStream(true)
            .start();
    try {
      feed(process);
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(printed)
          .contains("Error reading the token: failed to decode token")
          .doesNotContain("stdin");
    } finally {
      process.destroyForcibly();
    }
  }

  private static void feed(Process process) throws IOException {
    try (OutputStream pipe = process.getOutputStream()) {
      pipe.write("no token".getBytes(StandardCharsets.UTF_8));
    }
  }
}
