package io.hanse.jepsen.lab;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Builds the library that stands between a server and its system. Needs a C compiler and Linux. */
public final class ShimLibrary {
  private static final int COMPILE_SECONDS = 60;

  private ShimLibrary() {}

  /** The library, built into the folder; empty where there is no compiler. */
  public static Optional<Path> build(Path folder) throws IOException, InterruptedException {
    Path source = folder.resolve("shim.c");
    for (String name : List.of("shim.c", "platter.h")) {
      try (var stream = ShimLibrary.class.getResourceAsStream("/" + name)) {
        if (stream == null) {
          throw new IOException(name + " is missing from the class path");
        }
        Files.write(folder.resolve(name), stream.readAllBytes());
      }
    }
    Path library = folder.resolve("shim.so");
    Path said = folder.resolve("shim.log");
    try {
      Process process =
          new ProcessBuilder(
                  "gcc",
                  "-O2",
                  "-shared",
                  "-fPIC",
                  "-o",
                  library.toString(),
                  source.toString(),
                  "-ldl")
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (!process.waitFor(COMPILE_SECONDS, SECONDS)) {
        process.destroyForcibly();
        throw new IOException("gcc did not end in " + COMPILE_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw new IOException("gcc: " + Files.readString(said, StandardCharsets.UTF_8));
      }
      return Optional.of(library);
    } catch (IOException e) {
      if (Files.exists(said) && Files.size(said) > 0) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
