package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Where an operator keeps the certificates of a listener.
 *
 * @param authority a file of roots, or a directory of such files; without, nobody is believed
 */
public record TlsFiles(Optional<Path> authority, Path certificate, Path key) implements TlsSource {
  /** More than any certificate; a larger file was named by mistake. */
  private static final long FILE_BYTES_MAX = 1 << 20;

  @Override
  public TlsContent read() {
    List<X509Certificate> roots = new ArrayList<>();
    for (Path file : authorityFiles()) {
      roots.addAll(parsed(file, Pem::certificates));
    }
    List<X509Certificate> chain = parsed(certificate, Pem::certificates);
    PrivateKey secret = parsed(key, Keys::parse);
    if (!Keys.matches(secret, chain.get(0).getPublicKey())) {
      throw invalid(key + " is not the key of " + certificate);
    }
    return new TlsContent(List.copyOf(roots), List.copyOf(chain), secret);
  }

  @Override
  public String description() {
    return certificate.toString();
  }

  private List<Path> authorityFiles() {
    if (authority.isEmpty()) {
      return List.of();
    }
    Path named = authority.get();
    if (!Files.isDirectory(named)) {
      return List.of(named);
    }
    try (Stream<Path> entries = Files.list(named)) {
      List<Path> files = entries.filter(Files::isRegularFile).sorted().toList();
      if (files.isEmpty()) {
        throw invalid("there is no certificate in " + named);
      }
      return files;
    } catch (IOException e) {
      throw invalid("can't read " + named + ": " + e, e);
    }
  }

  private static <T> T parsed(Path file, Function<String, T> parser) {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw invalid(file + " is too large for a certificate or key");
      }
      return parser.apply(Files.readString(file));
    } catch (IOException e) {
      throw invalid("can't read " + file + ": " + e, e);
    } catch (ProblemException e) {
      throw invalid(file + ": " + e.getMessage(), e);
    }
  }

  private static ProblemException invalid(String what) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, what);
  }

  private static ProblemException invalid(String what, Exception cause) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, what, cause);
  }
}
