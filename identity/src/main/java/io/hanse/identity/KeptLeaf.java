package io.hanse.identity;

import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in which a server finds its certificate again after a restart: before there is a leader
 * to sign another one, it can answer other clusters that it does not lead. It is for its owner's
 * eyes only, as the log beside it is, which holds the authority's key. What can't be read is as
 * good as none, so nothing is forced to the disk.
 */
public final class KeptLeaf {
  private static final Logger LOG = LoggerFactory.getLogger(KeptLeaf.class);
  private static final Pattern HEAD = Pattern.compile("# root=(\\S+) id=(\\S+)\n");

  private static final String KEY_BEGINS = "-----BEGIN EC PRIVATE KEY-----";

  /** A certificate of this server takes less than a hundredth of it. */
  private static final int BYTES_MAX = 1 << 18;

  private final Optional<Path> file;

  /**
   * A leaf, and what signed it.
   *
   * @param rootId the id of the root that was active when it was signed
   */
  record Signed(Leaf leaf, String rootId) {}

  private KeptLeaf(Optional<Path> file) {
    this.file = file;
  }

  /** It is kept in a file of this name, in a folder that exists. */
  public static KeptLeaf in(Path file) {
    return new KeptLeaf(Optional.of(file));
  }

  /** Nothing outlives the process. */
  public static KeptLeaf nowhere() {
    return new KeptLeaf(Optional.empty());
  }

  Optional<Signed> load() {
    if (file.isEmpty() || !Files.isRegularFile(file.get())) {
      return Optional.empty();
    }
    try {
      if (Files.size(file.get()) > BYTES_MAX) {
        return Optional.empty();
      }
      return parse(Files.readString(file.get()));
    } catch (IOException | ProblemException e) {
      LOG.info("kept certificate not read, another one is asked for file={}", file.get());
      return Optional.empty();
    }
  }

  private static Optional<Signed> parse(String text) {
    Matcher head = HEAD.matcher(text);
    if (!head.lookingAt()) {
      return Optional.empty();
    }
    int keyBegins = text.indexOf(KEY_BEGINS);
    if (keyBegins < head.end()) {
      return Optional.empty();
    }
    String chain = text.substring(head.end(), keyBegins);
    PrivateKey key = Keys.parse(text.substring(keyBegins));
    List<X509Certificate> certificates = Pem.certificates(chain);
    if (certificates.isEmpty() || !Keys.matches(key, certificates.get(0).getPublicKey())) {
      return Optional.empty();
    }
    KeyPair keys = new KeyPair(certificates.get(0).getPublicKey(), key);
    return Optional.of(
        new Signed(Leaf.of(SpiffeId.parse(head.group(2)), keys, chain, 0), head.group(1)));
  }

  void keep(Leaf leaf, String rootId) {
    if (file.isEmpty()) {
      return;
    }
    Path fresh = file.get().resolveSibling(file.get().getFileName() + ".tmp");
    String text =
        "# root="
            + rootId
            + " id="
            + leaf.id()
            + "\n"
            + leaf.certPem().strip()
            + "\n"
            + leaf.keyPem();
    try {
      Files.deleteIfExists(fresh);
      Files.newByteChannel(
              fresh,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
          .close();
      Files.write(fresh, text.getBytes(StandardCharsets.UTF_8));
      Files.move(fresh, file.get(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn(
          "certificate not kept for the next start file={} cause=\"{}\"",
          file.get(),
          e.getMessage());
    }
  }
}
