package io.hanse.http.exchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** When a body is compressed, and how. */
public final class Gzip {
  /** Smaller bodies are not worth it. */
  private static final int BYTES_MIN = 1400;

  private Gzip() {}

  /** Whether a client takes compressed bodies. */
  public static boolean isAccepted(Optional<String> encodings) {
    return encodings.filter(named -> named.contains("gzip")).isPresent();
  }

  public static boolean pays(int bytes) {
    return bytes >= BYTES_MIN;
  }

  public static byte[] compressed(byte[] plain) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(plain.length / 4);
    try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }
}
