package io.hanse.http.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Packs a state that is in a file into an archive, as it is written. */
public final class ArchiveWriter {
  static final String META = "meta.json";
  static final String STATE = "state.bin";
  static final String SUMS = "SHA256SUMS";
  private static final int BUFFER_BYTES = 64 << 10;

  /** Gains two thirds of what the best packing gains, in a fraction of its time. */
  private static final class Fast extends GZIPOutputStream {
    Fast(OutputStream out) throws IOException {
      super(out, BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  private ArchiveWriter() {}

  /** The packing that archives have; also of what is staged of one. */
  public static OutputStream packing(OutputStream out) throws IOException {
    return new Fast(out);
  }

  /** Writes the whole archive and leaves the stream open. */
  public static void write(OutputStream to, ArchiveMeta meta, Path state, long millis)
      throws IOException {
    GZIPOutputStream out = new Fast(to);
    byte[] description = meta.json();
    long seconds = millis / 1000;
    StringBuilder sums = new StringBuilder();
    out.write(Tar.header(META, description.length, seconds));
    out.write(description);
    Tar.pad(out, description.length);
    sums.append(line(Digests.sha256().digest(description), META));

    out.write(Tar.header(STATE, meta.size(), seconds));
    MessageDigest digest = Digests.sha256();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(state), BUFFER_BYTES)) {
      in.transferTo(new DigestOutputStream(out, digest));
    }
    Tar.pad(out, meta.size());
    sums.append(line(digest.digest(), STATE));

    byte[] last = sums.toString().getBytes(StandardCharsets.UTF_8);
    out.write(Tar.header(SUMS, last.length, seconds));
    out.write(last);
    Tar.pad(out, last.length);
    Tar.end(out);
    out.finish();
  }

  private static String line(byte[] digest, String name) {
    return HexFormat.of().formatHex(digest) + "  " + name + "\n";
  }
}
