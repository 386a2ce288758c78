package io.hanse.cli.agent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.AgentService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is registered with an agent over its restarts, one file for each service and check,
 * each replaced as a whole. Without a folder, as in dev mode, it keeps nothing.
 */
final class DefinitionFiles {
  private static final Logger LOG = LoggerFactory.getLogger(DefinitionFiles.class);

  private final Optional<Path> services;
  private final Optional<Path> checks;

  private DefinitionFiles(Optional<Path> folder) {
    services = folder.map(path -> path.resolve("services"));
    checks = folder.map(path -> path.resolve("checks"));
  }

  static DefinitionFiles in(Optional<Path> folder) throws IOException {
    DefinitionFiles files = new DefinitionFiles(folder);
    for (Optional<Path> each : Stream.of(files.services, files.checks).toList()) {
      if (each.isPresent()) {
        Files.createDirectories(each.get());
      }
    }
    return files;
  }

  LocalRegistry load() throws IOException {
    SortedMap<String, AgentService> byId =
        load(services, AgentService.parser(), service -> service.getRow().getId());
    SortedMap<String, AgentCheck> byCheckId =
        load(checks, AgentCheck.parser(), check -> check.getRow().getCheckId());
    return new LocalRegistry(byId, byCheckId);
  }

  /** Writes what differs between two moments, and returns once it would survive a power cut. */
  void replace(LocalRegistry old, LocalRegistry now) {
    replace(services, old.services(), now.services());
    replace(checks, old.checks(), now.checks());
  }

  private static <T extends MessageLite> SortedMap<String, T> load(
      Optional<Path> folder, Parser<T> parser, Function<T, String> id) throws IOException {
    SortedMap<String, T> all = new TreeMap<>();
    if (folder.isEmpty()) {
      return all;
    }
    try (Stream<Path> files = Files.list(folder.get())) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".new")) {
          Files.delete(file);
          continue;
        }
        try {
          T row = parser.parseFrom(Files.readAllBytes(file));
          all.put(id.apply(row), row);
        } catch (InvalidProtocolBufferException e) {
          LOG.error("definition unreadable, left out file={} cause=\"{}\"", file, e.getMessage());
        }
      }
    }
    return all;
  }

  private static <T extends MessageLite> void replace(
      Optional<Path> folder, SortedMap<String, T> old, SortedMap<String, T> now) {
    if (folder.isEmpty()) {
      return;
    }
    boolean changed = false;
    try {
      for (String id : old.keySet()) {
        if (!now.containsKey(id)) {
          changed |= Files.deleteIfExists(file(folder.get(), id));
        }
      }
      for (Map.Entry<String, T> each : now.entrySet()) {
        if (!each.getValue().equals(old.get(each.getKey()))) {
          write(file(folder.get(), each.getKey()), each.getValue().toByteArray());
          changed = true;
        }
      }
      if (changed) {
        force(folder.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, content);
    force(fresh);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** An id may hold any character, a file's name may not. */
  private static Path file(Path folder, String id) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(id.getBytes(StandardCharsets.UTF_8));
      return folder.resolve(HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
