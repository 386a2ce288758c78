package io.hanse.cli.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Which version this is, and of what. */
public final class ProductVersion {
  /** What the API answers where clients parse a version. */
  public static final String COMPATIBLE_WITH = "1.21.4";

  private ProductVersion() {}

  public static String text() {
    try (InputStream in =
        Objects.requireNonNull(ProductVersion.class.getResourceAsStream("version.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
