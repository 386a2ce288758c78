package io.hanse.http.archive;

import io.hanse.fsm.error.ProblemException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads an archive to its end, once, and finds out whether it is whole. */
public final class ArchiveReader {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int SMALL_BYTES_MAX = 1 << 20;

  /** Takes the state as it comes; what it does not read is read over. */
  @FunctionalInterface
  public interface StateConsumer<T> {
    /** Refuses a state that is not sound by a {@link ProblemException}. */
    T read(ArchiveMeta meta, InputStream state, long bytes) throws IOException;
  }

  /** What came of the state, and what the archive says of itself. */
  public record Contents<T>(ArchiveMeta meta, T state) {}

  private final InputStream in;
  private final Map<String, String> digests = new TreeMap<>();

  private ArchiveReader(InputStream in) {
    this.in = in;
  }

  /**
   * Reads it.
   *
   * @throws ArchiveException it is not whole
   * @throws ProblemException the archive is whole, but the consumer refused the state
   */
  public static <T> Contents<T> read(InputStream packed, StateConsumer<T> consumer)
      throws IOException {
    return new ArchiveReader(unpacked(packed)).read(consumer);
  }

  private static InputStream unpacked(InputStream packed) throws ArchiveException {
    BufferedInputStream buffered = new BufferedInputStream(packed, BUFFER_BYTES);
    String problem;
    try {
      buffered.mark(1);
      if (buffered.read() < 0) {
        throw new ArchiveException("failed to decompress snapshot: EOF");
      }
      buffered.reset();
      return new GZIPInputStream(buffered, BUFFER_BYTES);
    } catch (ArchiveException e) {
      throw e;
    } catch (EOFException e) {
      problem = "unexpected EOF";
    } catch (IOException e) {
      // A header that is cut off is noticed before its first bytes are looked at.
      problem = tooShort(buffered) ? "unexpected EOF" : "gzip: invalid header";
    }
    throw new ArchiveException("failed to decompress snapshot: " + problem);
  }

  /** Of a header of ten bytes two were read. */
  private static boolean tooShort(InputStream in) {
    try {
      return in.readNBytes(8).length < 8;
    } catch (IOException e) {
      return true;
    }
  }

  private <T> Contents<T> read(StateConsumer<T> consumer) throws IOException {
    ArchiveMeta meta = null;
    T state = null;
    ProblemException refusal = null;
    String sums = null;
    for (Optional<Tar.Member> next = next(); next.isPresent(); next = next()) {
      Tar.Member member = next.get();
      switch (member.name()) {
        case ArchiveWriter.META -> meta = meta(member);
        case ArchiveWriter.STATE -> {
          if (meta == null) {
            throw broken("failed reading snapshot: the state comes before its description");
          }
          MessageDigest digest = Digests.sha256();
          InputStream content = new DigestInputStream(new Bounded(in, member.size()), digest);
          try {
            state = consumer.read(meta, content, member.size());
          } catch (ProblemException e) {
            refusal = e;
          } catch (IOException e) {
            throw broken("failed to read or write snapshot data: " + textOf(e));
          }
          finish(member, content);
          digests.put(member.name(), HexFormat.of().formatHex(digest.digest()));
        }
        case ArchiveWriter.SUMS ->
            sums =
                new String(small(member, "failed to read snapshot hashes"), StandardCharsets.UTF_8);
        default ->
            throw broken(
                "failed reading snapshot: unexpected file \"" + member.name() + "\" in snapshot");
      }
    }
    requireSums(sums);
    if (refusal != null) {
      throw refusal;
    }
    return contents(meta, state);
  }

  private static <T> Contents<T> contents(@Nullable ArchiveMeta meta, @Nullable T state)
      throws ArchiveException {
    if (meta == null || state == null) {
      throw broken("failed reading snapshot: there is no state");
    }
    return new Contents<>(meta, state);
  }

  private Optional<Tar.Member> next() throws ArchiveException {
    try {
      return Tar.next(in);
    } catch (IOException e) {
      throw broken("failed reading snapshot: " + textOf(e));
    }
  }

  private ArchiveMeta meta(Tar.Member member) throws ArchiveException {
    byte[] json = small(member, "failed to read snapshot metadata");
    digests.put(member.name(), HexFormat.of().formatHex(Digests.sha256().digest(json)));
    try {
      return ArchiveMeta.parse(json);
    } catch (IOException e) {
      throw broken("failed to decode snapshot metadata: it is damaged");
    }
  }

  private byte[] small(Tar.Member member, String failed) throws ArchiveException {
    try {
      if (member.size() > SMALL_BYTES_MAX) {
        throw new IOException("it is too large");
      }
      byte[] bytes = in.readNBytes((int) member.size());
      if (bytes.length < member.size()) {
        throw new EOFException();
      }
      Tar.skipPadding(in, member.size());
      return bytes;
    } catch (IOException e) {
      throw broken(failed + ": " + textOf(e));
    }
  }

  private void finish(Tar.Member member, InputStream content) throws ArchiveException {
    try {
      content.transferTo(OutputStream.nullOutputStream());
      Tar.skipPadding(in, member.size());
    } catch (IOException e) {
      throw broken("failed to read or write snapshot data: " + textOf(e));
    }
  }

  private void requireSums(@Nullable String sums) throws ArchiveException {
    Map<String, String> listed = new TreeMap<>();
    if (sums != null) {
      for (String line : sums.lines().toList()) {
        int gap = line.indexOf("  ");
        if (gap > 0) {
          listed.put(line.substring(gap + 2), line.substring(0, gap));
        }
      }
    }
    for (String name : new String[] {ArchiveWriter.META, ArchiveWriter.STATE}) {
      String digest = digests.get(name);
      if (digest == null || !digest.equals(listed.get(name))) {
        throw broken(
            "failed checking integrity of snapshot: hash check failed for \"" + name + "\"");
      }
    }
  }

  private static ArchiveException broken(String what) {
    return new ArchiveException("failed to read snapshot file: " + what);
  }

  private static String textOf(IOException failure) {
    return failure instanceof EOFException || failure.getMessage() == null
        ? "unexpected EOF"
        : failure.getMessage();
  }

  /** So much of a stream, and an error where it ends before. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left;

    Bounded(InputStream in, long bytes) {
      this.in = in;
      left = bytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int some = in.read(into, from, (int) Math.min(left, length));
      if (some < 0) {
        throw new EOFException("unexpected EOF");
      }
      left -= some;
      return some;
    }
  }
}
