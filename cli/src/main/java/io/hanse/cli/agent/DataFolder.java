package io.hanse.cli.agent;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.FolderSync;
import io.hanse.raft.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an agent keeps what outlives it. In dev mode that is a temporary folder, which goes with
 * the agent.
 */
record DataFolder(Path path, boolean isTemporary) implements AutoCloseable {
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  static DataFolder open(Optional<Path> configured) throws IOException {
    if (configured.isEmpty()) {
      return new DataFolder(Files.createTempDirectory("hanse-dev-"), true);
    }
    try {
      return new DataFolder(Files.createDirectories(configured.get()), false);
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT,
          "data_dir \"" + configured.get() + "\" can't be made or written: " + e.getMessage(),
          e);
    }
  }

  /** The node's id: the one configured, else the one kept, else a new one, which is kept. */
  String nodeId(Optional<String> configured) throws IOException {
    Path file = path.resolve("node-id");
    if (configured.isPresent()) {
      keep(file, configured.get());
      return configured.get();
    }
    if (Files.exists(file)) {
      String kept = Files.readString(file).strip();
      if (!UUID_TEXT.matcher(kept).matches()) {
        throw new ProblemException(
            ProblemCode.INVALID_ARGUMENT,
            file + " holds no UUID; remove it to get a new id, or set node_id");
      }
      return kept;
    }
    String id = UUID.randomUUID().toString();
    keep(file, id);
    return id;
  }

  /** The id is what all others know the node by: a power cut must not leave half of it. */
  private static void keep(Path file, String id) throws IOException {
    if (Files.exists(file) && Files.readString(file).strip().equals(id)) {
      return;
    }
    new DurableFiles(FolderSync.ofDisk()).replace(file, id.getBytes(StandardCharsets.UTF_8));
  }

  /** Where registrations are kept; nowhere in dev mode. */
  Optional<Path> definitions() {
    return isTemporary ? Optional.empty() : Optional.of(path.resolve("agent"));
  }

  @Override
  public void close() {
    if (!isTemporary) {
      return;
    }
    try {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
              Files.delete(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
