package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.hanse.peering.proto.ChangeSet;
import io.hanse.peering.proto.Changes;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Makes sets of changes small on the way. What is received is bounded before it is looked at. */
final class Packing {
  private static final int PLAIN_BYTES_MAX = 1_024;

  /** What we put into a message is less; each is answered, and its answer may be longer than it. */
  private static final int CHANGES_MAX = 65_536;

  private Packing() {}

  /** A set that cannot be read. */
  static final class MalformedChanges extends Exception {
    private static final long serialVersionUID = 1;

    MalformedChanges(String problem) {
      super(problem);
    }
  }

  static Changes.Builder pack(ChangeSet set) {
    int size = set.getSerializedSize();
    if (size <= PLAIN_BYTES_MAX) {
      return Changes.newBuilder().setPlain(set);
    }
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(set.toByteArray());
      deflater.finish();
      byte[] deflated = new byte[size];
      int length = deflater.deflate(deflated);
      return deflater.finished()
          ? Changes.newBuilder()
              .setDeflated(ByteString.copyFrom(deflated, 0, length))
              .setInflatedBytes(size)
          // It does not get smaller.
          : Changes.newBuilder().setPlain(set);
    } finally {
      deflater.end();
    }
  }

  /**
   * Reads a set.
   *
   * @param bytesMax the most that it may take, whatever it claims
   */
  static ChangeSet unpack(Changes changes, int bytesMax) throws MalformedChanges {
    int size =
        changes.hasPlain() ? changes.getPlain().getSerializedSize() : changes.getInflatedBytes();
    if (size < 0 || size > bytesMax) {
      throw new MalformedChanges(
          "changes of " + Integer.toUnsignedString(size) + " bytes, more than " + bytesMax);
    }
    ChangeSet set = changes.hasPlain() ? changes.getPlain() : inflate(changes, size);
    if (set.getChangesCount() > CHANGES_MAX) {
      throw new MalformedChanges(set.getChangesCount() + " changes, more than " + CHANGES_MAX);
    }
    return set;
  }

  private static ChangeSet inflate(Changes changes, int size) throws MalformedChanges {
    Inflater inflater = new Inflater(true);
    try {
      byte[] bytes = new byte[size];
      inflater.setInput(changes.getDeflated().toByteArray());
      int length = inflater.inflate(bytes);
      boolean isAll = length == size && (inflater.finished() || isAtEnd(inflater));
      if (!isAll) {
        throw new MalformedChanges("changes that are not as long as they claim");
      }
      if (WireWeight.isTooMuch(ChangeSet.getDescriptor(), UnsafeByteOperations.unsafeWrap(bytes))) {
        throw new MalformedChanges("changes that would take far more memory than their bytes");
      }
      return ChangeSet.parseFrom(bytes);
    } catch (DataFormatException | InvalidProtocolBufferException e) {
      throw new MalformedChanges("changes that cannot be read");
    } finally {
      inflater.end();
    }
  }

  /** The end is only seen by who asks for more. */
  private static boolean isAtEnd(Inflater inflater) throws DataFormatException {
    return inflater.inflate(new byte[1]) == 0 && inflater.finished();
  }
}
