package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * Estimates what a serialised message would take as objects, before there are any: two bytes can
 * stand for an empty message of two hundred. What clusters say of themselves is mostly text, and
 * takes up to ten times as much as on the wire; sixteen times are let pass, and 96 MiB of one
 * message.
 */
public final class WireWeight {
  /** A small message may be as wasteful as it likes. */
  private static final long SMALL_MAX = 1 << 20;

  private static final long BYTES_PER_BYTE_MAX = 16;
  private static final long WEIGHT_MAX = 96 << 20;

  private static final int MESSAGE_BYTES = 40;
  private static final int FIELD_BYTES = 8;
  private static final int TEXT_BYTES = 56;
  private static final int NUMBER_BYTES = 8;
  private static final int UNKNOWN_BYTES = 96;
  private static final int DEPTH_MAX = 100;

  /** More than any message may have, and far enough from the end of numbers to add to. */
  private static final long GROUP_BYTES = Long.MAX_VALUE >>> 1;

  private final long max;
  private long weight;

  private WireWeight(long max) {
    this.max = max;
  }

  /** What bytes of a message of this type take as objects; malformed ones, up to their flaw. */
  static long of(Descriptor type, ByteString bytes) {
    return weigh(type, bytes, Long.MAX_VALUE);
  }

  /** Whether it is not to be parsed. */
  public static boolean isTooMuch(Descriptor type, ByteString bytes) {
    long max = max(bytes.size());
    return weigh(type, bytes, max) > max;
  }

  static long max(int bytes) {
    return Math.min(SMALL_MAX + BYTES_PER_BYTE_MAX * bytes, WEIGHT_MAX);
  }

  private static long weigh(Descriptor type, ByteString bytes, long max) {
    WireWeight weight = new WireWeight(max);
    try {
      weight.add(bytes.newCodedInput(), type, 0);
    } catch (IOException e) {
      // Parsing it will say so, and gets no further.
      return weight.weight;
    }
    return weight.weight;
  }

  private void add(CodedInputStream in, Descriptor type, int depth) throws IOException {
    weight += MESSAGE_BYTES + (long) FIELD_BYTES * type.getFields().size();
    while (weight <= max) {
      int tag = in.readTag();
      if (tag == 0) {
        return;
      }
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      int wireType = WireFormat.getTagWireType(tag);
      if (wireType == WireFormat.WIRETYPE_START_GROUP) {
        // Nobody writes groups, and what is in one would have to be looked at as well.
        weight = GROUP_BYTES;
        return;
      }
      if (field == null || !isOf(field, wireType)) {
        // The parser keeps it, as it is, among the unknown ones.
        weight += UNKNOWN_BYTES;
        in.skipField(tag);
      } else if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        weight += field.isRepeated() ? NUMBER_BYTES : 0;
        in.skipField(tag);
      } else {
        addDelimited(in, field, depth);
      }
    }
  }

  private static boolean isOf(FieldDescriptor field, int wireType) {
    return wireType == field.getLiteType().getWireType()
        || (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED && field.isPackable());
  }

  private void addDelimited(CodedInputStream in, FieldDescriptor field, int depth)
      throws IOException {
    int length = in.readRawVarint32();
    if (field.getJavaType() == JavaType.MESSAGE && depth < DEPTH_MAX) {
      int limit = in.pushLimit(length);
      add(in, field.getMessageType(), depth + 1);
      if (weight <= max) {
        in.popLimit(limit);
      }
      return;
    }
    if (field.isRepeated()) {
      weight += field.isPackable() ? (long) NUMBER_BYTES * length : TEXT_BYTES;
    }
    in.skipRawBytes(length);
  }
}
