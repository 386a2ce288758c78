package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.OptionalInt;

/** How the parts of a list of names that is too long for one message are named and recognized. */
public final class ListParts {
  /** More than a server makes. */
  public static final int COUNT_MAX = 1 << 14;

  private static final int DIGEST_BYTES = 16;
  private static final char SEPARATOR = '/';

  private ListParts() {}

  /** The id of a part. */
  public static String id(String listId, int part) {
    return listId + SEPARATOR + part;
  }

  /** The id of the list that a resource is, or is a part of. */
  public static String listId(String id) {
    int end = id.indexOf(SEPARATOR);
    return end < 0 ? id : id.substring(0, end);
  }

  /** Which part it is; empty: a whole list. What no server makes is {@link #COUNT_MAX}. */
  public static OptionalInt number(String id) {
    int end = id.indexOf(SEPARATOR);
    if (end < 0) {
      return OptionalInt.empty();
    }
    try {
      int number = Integer.parseInt(id.substring(end + 1));
      return OptionalInt.of(number < 0 ? COUNT_MAX : Math.min(number, COUNT_MAX));
    } catch (NumberFormatException e) {
      return OptionalInt.of(COUNT_MAX);
    }
  }

  /**
   * In which of so many parts a name is.
   *
   * @param salt known to nobody else: who chooses names could have them all in one part
   * @param count a power of two
   */
  public static int partOf(String name, byte[] salt, int count) {
    MessageDigest digest = Deterministic.sha256();
    digest.update(salt);
    int hash = ByteBuffer.wrap(digest.digest(name.getBytes(StandardCharsets.UTF_8))).getInt();
    return hash & (count - 1);
  }

  /** Of the names of a part, in their order. */
  public static ByteString digest(Collection<String> names) {
    MessageDigest digest = Deterministic.sha256();
    for (String name : names) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      digest.update(bytes);
    }
    return ByteString.copyFrom(digest.digest(), 0, DIGEST_BYTES);
  }
}
