package io.hanse.fsm.store;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.RaftIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The bytes of a row, and where in them the field stands that says when the row was made and
 * changed: so that two rows can be compared but for that, and one be given other indexes, without
 * parsing either. Fields are written in the order of their numbers, so there is one place for it.
 */
final class StampedBytes {
  private final byte[] bytes;
  private final int field;

  /** Where the field begins and ends; the same, and where it would be, if there is none. */
  private final int start;

  private final int end;

  private StampedBytes(byte[] bytes, int field, int start, int end) {
    this.bytes = bytes;
    this.field = field;
    this.start = start;
    this.end = end;
  }

  /**
   * @param field the number of the field, whose type is {@link RaftIndex}
   */
  static StampedBytes of(byte[] bytes, int field) {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    try {
      int start = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int number = WireFormat.getTagFieldNumber(tag);
        if (number > field) {
          return new StampedBytes(bytes, field, start, start);
        }
        in.skipField(tag);
        int end = in.getTotalBytesRead();
        if (number == field) {
          return new StampedBytes(bytes, field, start, end);
        }
        start = end;
      }
      return new StampedBytes(bytes, field, start, start);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static ProblemException unreadable(IOException e) {
    return new ProblemException(ProblemCode.DECODE_FAILED, "a row cannot be read", e);
  }

  boolean isSameButForIndexes(StampedBytes other) {
    return Arrays.equals(bytes, 0, start, other.bytes, 0, other.start)
        && Arrays.equals(bytes, end, bytes.length, other.bytes, other.end, other.bytes.length);
  }

  /** When the row was made; 0 if it does not say. */
  long createIndex() {
    CodedInputStream in = CodedInputStream.newInstance(bytes, start, end - start);
    try {
      if (in.readTag() == 0) {
        return 0;
      }
      in.readRawVarint32(); // The length.
      return RaftIndex.parseFrom(in).getCreateIndex();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** The same row with other indexes. */
  byte[] with(long createIndex, long modifyIndex) {
    RaftIndex stamp =
        RaftIndex.newBuilder().setCreateIndex(createIndex).setModifyIndex(modifyIndex).build();
    int length = CodedOutputStream.computeMessageSize(field, stamp);
    byte[] stamped = Arrays.copyOf(bytes, bytes.length - (end - start) + length);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(stamped, start, length);
      out.writeMessage(field, stamp);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.arraycopy(bytes, end, stamped, start + length, bytes.length - end);
    return stamped;
  }
}
