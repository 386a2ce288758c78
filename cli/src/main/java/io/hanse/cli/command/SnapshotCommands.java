package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.arguments;
import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Failures;
import io.hanse.cli.client.FormatFlag;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.config.ProductVersion;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.SnapshotCheck;
import io.hanse.fsm.view.Tables;
import io.hanse.http.archive.ArchiveReader;
import io.hanse.http.archive.ArchiveReader.Contents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "snapshot",
    customSynopsis = "<subcommand> [options] [args]",
    description = "Saves, restores and inspects the whole state of the servers.")
public final class SnapshotCommands {
  /** A large state takes its time. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final Session session;

  public SnapshotCommands(Session session) {
    this.session = session;
  }

  @Command(name = "save", description = "Saves the state of the servers to a file.")
  int save(
      @Mixin ServerFlags server,
      @Option(
              names = "-append-filename",
              defaultValue = "",
              paramLabel = "<option>,...",
              description = "Adds \"version\", \"dc\" or both to the name of the file.")
          String append,
      @Parameters(hidden = true, arity = "0..*") @Nullable List<String> files) {
    ApiClient client = server.client(session).withTimeout(PATIENCE);
    String name = file(files);
    Path file = session.path(append.isEmpty() ? name : appended(name, append, client));
    Path unverified = unverified(file);
    try {
      during(
          "Error saving snapshot",
          () -> client.download(Request.get("/v1/snapshot"), unverified).orFail());
      long index =
          read("Error verifying snapshot file", unverified, (t, k, b) -> {}).meta().index();
      move(unverified, file);
      session.print("Saved and verified snapshot to index " + Long.toUnsignedString(index));
      return 0;
    } finally {
      deleted(unverified);
    }
  }

  private String appended(String name, String append, ApiClient client) {
    StringBuilder suffix = new StringBuilder();
    for (String part : append.split(",", -1)) {
      switch (part.strip()) {
        case "version" -> suffix.append('-').append(ProductVersion.COMPATIBLE_WITH);
        case "dc" -> suffix.append('-').append(datacenter(client));
        default -> {}
      }
    }
    int dot = name.lastIndexOf('.');
    boolean hasExtension = dot > name.lastIndexOf('/') + 1;
    return hasExtension ? name.substring(0, dot) + suffix + name.substring(dot) : name + suffix;
  }

  private static String datacenter(ApiClient client) {
    Value self =
        during(
            "Error connecting to Consul agent", () -> client.get("/v1/agent/self").orFail().json());
    return self.at("Config").at("Datacenter").text();
  }

  /** The state holds keys and tokens: the file is nobody else's to read. */
  private static Path unverified(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      return Files.createTempFile(
          folder,
          file.getFileName() + ".unverified",
          ".tmp",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      throw new CommandFailure(
          "Error writing unverified snapshot file: " + reason(e, file.getFileName() + ""));
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CommandFailure("Error renaming snapshot file: " + e.getMessage());
    }
  }

  private static void deleted(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new CommandFailure("Error deleting " + file + ": " + e.getMessage());
    }
  }

  @Command(name = "restore", description = "Puts a saved state in place of the present one.")
  int restore(
      @Mixin ServerFlags server,
      @Parameters(hidden = true, arity = "0..*") @Nullable List<String> files) {
    String name = file(files);
    Path file = session.path(name);
    if (!Files.isReadable(file)) {
      throw missing(name);
    }
    ApiClient client = server.client(session).withTimeout(PATIENCE);
    during(
        "Error restoring snapshot",
        () -> client.upload(Request.put("/v1/snapshot"), file).orFail());
    session.print("Restored snapshot");
    return 0;
  }

  @Command(name = "inspect", description = "Shows what a saved state holds.")
  int inspect(
      @Mixin FormatFlag format,
      @Option(names = "-kvdetails", description = "Shows the keys of the KV store by prefix.")
          boolean kvDetails,
      @Option(
              names = "-kvdepth",
              defaultValue = "2",
              paramLabel = "<depth>",
              description = "Parts of a key that make a prefix.")
          int kvDepth,
      @Option(
              names = "-kvfilter",
              defaultValue = "",
              paramLabel = "<prefix>",
              description = "Shows only keys that begin so.")
          String kvFilter,
      @Parameters(hidden = true, arity = "0..*") @Nullable List<String> files) {
    String name = file(files);
    boolean isJson = format.isJson("json|pretty");
    Path file = session.path(name);
    if (!Files.isReadable(file)) {
      throw missing(name);
    }
    SnapshotText text = new SnapshotText(kvDetails, kvDepth, kvFilter);
    Contents<SnapshotCheck.Contents> contents = read("Error reading snapshot", file, text::row);
    session.print(
        (isJson ? text.json(contents.meta()) : text.pretty(contents.meta())).stripTrailing());
    return 0;
  }

  private static Contents<SnapshotCheck.Contents> read(
      String failed, Path file, SnapshotCheck.Visitor visitor) {
    try (InputStream in = Files.newInputStream(file)) {
      return ArchiveReader.read(
          in, (meta, state, bytes) -> SnapshotCheck.read(state, bytes, Tables.SCHEMA, visitor));
    } catch (IOException | ProblemException e) {
      throw new CommandFailure(failed + ": " + e.getMessage());
    }
  }

  private static String file(@Nullable List<String> files) {
    List<String> names = arguments(files);
    if (names.isEmpty()) {
      throw new CommandFailure("Missing FILE argument");
    }
    Failures.requireAtMost(1, names);
    return names.get(0);
  }

  private static CommandFailure missing(String name) {
    return new CommandFailure(
        "Error opening snapshot file: open " + name + ": no such file or directory");
  }

  private static String reason(IOException failure, String name) {
    return failure instanceof NoSuchFileException
        ? "open " + name + ": no such file or directory"
        : String.valueOf(failure.getMessage());
  }
}
