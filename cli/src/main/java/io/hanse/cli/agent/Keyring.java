package io.hanse.cli.agent;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.FolderSync;
import io.hanse.identity.SharedKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that servers share: those of the file in the data directory, where Consul keeps its own;
 * without the file, the configured one. Changing the file is how keys are replaced while all run.
 */
record Keyring(Optional<Path> file, Optional<SharedKey> configured) {
  private static final Logger LOG = LoggerFactory.getLogger(Keyring.class);
  private static final String FILE = "serf/local.keyring";
  private static final String FRESH = "local.keyring.tmp";
  private static final long FILE_BYTES_MAX = 1 << 16;

  static Keyring of(Optional<Path> dataDirectory, Optional<SharedKey> configured) {
    return new Keyring(dataDirectory.map(folder -> folder.resolve(FILE)), configured);
  }

  /** Whether servers are to prove themselves by shared keys at all. */
  boolean isGiven() {
    return hasFile() || configured.isPresent();
  }

  private boolean hasFile() {
    return file.isPresent() && Files.exists(file.get());
  }

  /** The first one signs, all are believed. Fails, with the file's name, where one is not right. */
  List<SharedKey> keys() {
    if (hasFile()) {
      return read(file.orElseThrow());
    }
    return configured
        .map(List::of)
        .orElseThrow(() -> invalid(file.orElseThrow() + " is gone, and encrypt is not given"));
  }

  /** A key of the configuration that the file keeps from being used would surprise its owner. */
  void warnOfUnused() {
    if (hasFile() && configured.isPresent() && !keys().contains(configured.get())) {
      LOG.warn("encrypt is not used: the keyring is there file={}", file.orElseThrow());
    }
  }

  /** Takes a key in behind the others: it is believed from now on. */
  void install(SharedKey key) {
    List<SharedKey> next = new ArrayList<>(keys());
    if (!next.contains(key)) {
      next.add(key);
      write(next);
    }
  }

  /** Makes a key that is there the one that signs. */
  void use(SharedKey key) {
    List<SharedKey> next = new ArrayList<>(keys());
    if (!next.remove(key)) {
      throw invalid("Requested key is not in the keyring");
    }
    next.add(0, key);
    write(next);
  }

  /** Believes a key no more, unless it is the one that signs. */
  void remove(SharedKey key) {
    List<SharedKey> next = new ArrayList<>(keys());
    if (next.get(0).equals(key)) {
      throw invalid("Removing the primary key is not allowed");
    }
    if (next.remove(key)) {
      write(next);
    }
  }

  /** As a whole, for its owner's eyes only: whoever reads it can be a server. */
  private void write(List<SharedKey> keys) {
    Path target =
        file.orElseThrow(() -> invalid("there is no data_dir where a keyring could be kept"));
    Path folder = Objects.requireNonNull(target.getParent());
    Path fresh = target.resolveSibling(FRESH);
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(fresh);
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        String list =
            keys.stream()
                .map(key -> "  \"" + key.text() + "\"")
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
        ByteBuffer bytes = ByteBuffer.wrap(list.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      FolderSync.ofDisk().move(fresh, target);
      FolderSync.ofDisk().syncFolder(folder);
    } catch (IOException e) {
      throw invalid("can't write " + target + ": " + e);
    }
  }

  private static List<SharedKey> read(Path file) {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw invalid(file + " is too large for a keyring");
      }
      List<SharedKey> keys = new ArrayList<>();
      for (Value item : JsonText.parse(Files.readString(file)).items()) {
        keys.add(SharedKey.parse(item.text()));
      }
      if (keys.isEmpty()) {
        throw invalid(file + " holds no key");
      }
      return List.copyOf(keys);
    } catch (IOException e) {
      throw invalid("can't read " + file + ": " + e);
    } catch (SyntaxException e) {
      // Its words quote what was read.
      throw invalid(file + " is no JSON list of keys");
    } catch (ProblemException e) {
      throw invalid(file + ": " + e.getMessage());
    }
  }

  private static ProblemException invalid(String what) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, what);
  }
}
