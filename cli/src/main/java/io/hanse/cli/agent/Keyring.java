package io.hanse.cli.agent;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.identity.SharedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that servers share: those of the file in the data directory, where Consul keeps its own;
 * without the file, the configured one. Changing the file is how keys are replaced while all run.
 */
record Keyring(Optional<Path> file, Optional<SharedKey> configured) {
  private static final Logger LOG = LoggerFactory.getLogger(Keyring.class);
  private static final String FILE = "serf/local.keyring";
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
