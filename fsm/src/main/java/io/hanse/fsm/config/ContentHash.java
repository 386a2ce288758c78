package io.hanse.fsm.config;

import com.google.protobuf.CodedOutputStream;
import io.hanse.fsm.row.ConfigEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A hash of an entry's content: equal for equal content, whatever the order of its maps. */
final class ContentHash {
  // FNV-1a, 64 bits.
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private ContentHash() {}

  static long of(ConfigEntry entry) {
    ConfigEntry content = entry.toBuilder().clearHash().clearRaftIndex().build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      content.writeTo(out);
      out.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    long hash = OFFSET_BASIS;
    for (byte b : bytes.toByteArray()) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return hash;
  }
}
