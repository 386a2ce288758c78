package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Bytes and hashes of messages that are the same for the same content, wherever it is looked at.
 */
final class Deterministic {
  private Deterministic() {}

  static byte[] bytes(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static ByteString sha256(byte[] bytes) {
    return ByteString.copyFrom(sha256().digest(bytes));
  }

  static ByteString sha256(byte[] bytes, long version) {
    MessageDigest digest = sha256();
    digest.update(bytes);
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, version));
    return ByteString.copyFrom(digest.digest());
  }
}
