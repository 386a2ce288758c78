package io.hanse.gateway.sniff;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Finds the server name in a ClientHello that arrives in any pieces: segments of TCP and records of
 * TLS may end anywhere (RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3). It looks at each byte
 * once and stops at the name, keeps nothing but the name, and never answers: what it read is to be
 * forwarded as it came.
 */
public final class ClientHelloReader {
  /** What is known after the bytes so far. Only {@link #MORE} can still change. */
  public enum Verdict {
    MORE,
    /** There is a name. */
    NAME,
    /** Not TLS, or not a hello that any server could accept. */
    BAD_HELLO,
    /** A whole hello that names no server. */
    NO_SNI,
    /** No name within the bound. */
    TOO_LARGE
  }

  private enum Part {
    HANDSHAKE_HEADER,
    SKIPPED,
    SESSION_ID_LENGTH,
    CIPHERS_LENGTH,
    COMPRESSIONS_LENGTH,
    EXTENSIONS_LENGTH,
    EXTENSION_HEADER,
    NAME_LIST_LENGTH,
    NAME_TYPE,
    NAME_LENGTH,
    NAME
  }

  private static final int RECORD_HEADER_BYTES = 5;
  private static final int HANDSHAKE_RECORD = 22;
  private static final int MAJOR_VERSION = 3;

  /** Of a plaintext record, with the slack that old stacks used. */
  private static final int RECORD_BYTES_MAX = 16384 + 256;

  private static final int CLIENT_HELLO = 1;
  private static final int VERSION_AND_RANDOM_BYTES = 34;
  private static final int SESSION_ID_BYTES_MAX = 32;

  /** Up to the lists, with one cipher suite and one compression method. */
  private static final int HELLO_BYTES_MIN = 41;

  /** All lists of the hello as long as their lengths can say. */
  private static final int HELLO_BYTES_MAX = 131_398;

  private static final int SERVER_NAME_EXTENSION = 0;
  private static final int HOST_NAME = 0;

  /** Before the name itself: length of the list, type, length of the name. */
  private static final int NAME_LIST_OVERHEAD = 5;

  private final int bytesMax;
  private Verdict verdict = Verdict.MORE;
  private int bytesSeen;

  private int recordHeaderSeen;
  private int recordLength;
  private int recordLeft;

  private Part part = Part.HANDSHAKE_HEADER;
  private Part afterSkip = Part.HANDSHAKE_HEADER;
  private int messageLeft;
  private int skipLeft;
  private int number;
  private int numberBytes;
  private int extensionLength;
  private byte[] name = {};
  private int nameSeen;
  private Optional<ServerName> serverName = Optional.empty();

  /** Reads at most {@code bytesMax} bytes for a name. */
  public ClientHelloReader(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes all that remains in the buffer, or what it needs of it. */
  public Verdict feed(ByteBuffer bytes) {
    while (verdict == Verdict.MORE && bytes.hasRemaining()) {
      if (bytesSeen == bytesMax) {
        verdict = Verdict.TOO_LARGE;
      } else if (recordLeft == 0) {
        onRecordHeader(next(bytes));
      } else if (part == Part.SKIPPED) {
        skip(bytes);
      } else {
        recordLeft--;
        onByte(next(bytes));
      }
    }
    return verdict;
  }

  public Optional<ServerName> serverName() {
    return serverName;
  }

  private int next(ByteBuffer bytes) {
    bytesSeen++;
    return bytes.get() & 0xff;
  }

  private void onRecordHeader(int value) {
    switch (recordHeaderSeen++) {
      case 0 -> refuseUnless(value == HANDSHAKE_RECORD);
      case 1 -> refuseUnless(value == MAJOR_VERSION);
      case 2, 3 -> recordLength = value;
      default -> {
        recordLeft = recordLength << 8 | value;
        // An empty record of a handshake is forbidden, and would let a client keep us for nothing.
        refuseUnless(recordLeft > 0 && recordLeft <= RECORD_BYTES_MAX);
        recordHeaderSeen -= RECORD_HEADER_BYTES;
      }
    }
  }

  private void skip(ByteBuffer bytes) {
    int length = Math.min(skipLeft, Math.min(recordLeft, bytes.remaining()));
    length = Math.min(length, bytesMax - bytesSeen);
    bytes.position(bytes.position() + length);
    bytesSeen += length;
    recordLeft -= length;
    messageLeft -= length;
    skipLeft -= length;
    if (skipLeft == 0) {
      enter(afterSkip);
    }
  }

  /** One byte of the handshake message. */
  private void onByte(int value) {
    if (part != Part.HANDSHAKE_HEADER) {
      messageLeft--;
    }
    switch (part) {
      case HANDSHAKE_HEADER -> onHandshakeHeader(value);
      case SESSION_ID_LENGTH -> {
        refuseUnless(value <= SESSION_ID_BYTES_MAX);
        skip(value, Part.CIPHERS_LENGTH);
      }
      case CIPHERS_LENGTH -> {
        if (isNumber(value, 2)) {
          skip(takeNumber(), Part.COMPRESSIONS_LENGTH);
        }
      }
      case COMPRESSIONS_LENGTH -> skip(value, Part.EXTENSIONS_LENGTH);
      case EXTENSIONS_LENGTH -> {
        if (isNumber(value, 2)) {
          refuseUnless(takeNumber() == messageLeft);
          enter(Part.EXTENSION_HEADER);
        }
      }
      case EXTENSION_HEADER -> {
        if (isNumber(value, 4)) {
          onExtension(number >>> 16, takeNumber() & 0xffff);
        }
      }
      case NAME_LIST_LENGTH -> {
        if (isNumber(value, 2)) {
          refuseUnless(takeNumber() == extensionLength - 2);
          enter(Part.NAME_TYPE);
        }
      }
      case NAME_TYPE -> {
        refuseUnless(value == HOST_NAME);
        enter(Part.NAME_LENGTH);
      }
      case NAME_LENGTH -> {
        if (isNumber(value, 2)) {
          onNameLength(takeNumber());
        }
      }
      case NAME -> onNameByte(value);
      case SKIPPED -> throw new IllegalStateException("skipped bytes are taken in one go");
    }
  }

  private void onHandshakeHeader(int value) {
    refuseUnless(numberBytes > 0 || value == CLIENT_HELLO);
    if (isNumber(value, 4)) {
      messageLeft = takeNumber() & 0xffffff;
      refuseUnless(messageLeft >= HELLO_BYTES_MIN && messageLeft <= HELLO_BYTES_MAX);
      skip(VERSION_AND_RANDOM_BYTES, Part.SESSION_ID_LENGTH);
    }
  }

  private void onExtension(int type, int length) {
    if (type == SERVER_NAME_EXTENSION) {
      extensionLength = length;
      refuseUnless(length <= messageLeft && length > NAME_LIST_OVERHEAD);
      enter(Part.NAME_LIST_LENGTH);
    } else {
      skip(length, Part.EXTENSION_HEADER);
    }
  }

  /** More than one name is refused: nobody could say which of them to follow. */
  private void onNameLength(int length) {
    boolean legal =
        length > 0
            && length <= ServerName.LENGTH_MAX
            && length == extensionLength - NAME_LIST_OVERHEAD;
    refuseUnless(legal);
    if (legal) {
      name = new byte[length];
      enter(Part.NAME);
    }
  }

  private void onNameByte(int value) {
    name[nameSeen++] = (byte) value;
    if (nameSeen == name.length) {
      serverName = ServerName.of(name);
      verdict = serverName.isPresent() ? Verdict.NAME : Verdict.BAD_HELLO;
    }
  }

  private void skip(int length, Part next) {
    refuseUnless(length <= messageLeft);
    skipLeft = length;
    afterSkip = next;
    if (length == 0) {
      enter(next);
    } else {
      part = Part.SKIPPED;
    }
  }

  /** The hello may end where the extensions, or the next of them, would begin; nowhere else. */
  private void enter(Part next) {
    part = next;
    if (messageLeft == 0 && verdict == Verdict.MORE) {
      boolean whole = next == Part.EXTENSIONS_LENGTH || next == Part.EXTENSION_HEADER;
      verdict = whole ? Verdict.NO_SNI : Verdict.BAD_HELLO;
    }
  }

  private boolean isNumber(int value, int bytes) {
    number = number << 8 | value;
    return ++numberBytes == bytes;
  }

  private int takeNumber() {
    int taken = number;
    number = 0;
    numberBytes = 0;
    return taken;
  }

  private void refuseUnless(boolean legal) {
    if (!legal && verdict == Verdict.MORE) {
      verdict = Verdict.BAD_HELLO;
    }
  }
}
