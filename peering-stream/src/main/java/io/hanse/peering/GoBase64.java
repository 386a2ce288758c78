package io.hanse.peering;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.OptionalInt;

/**
 * Base64 as tokens and keys have it: the standard alphabet with padding, line ends anywhere. It
 * finds the same place of the first mistake as Consul, for the place is part of the answer.
 */
public final class GoBase64 {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final char PAD = '=';

  private final String text;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int at;
  private int mistakeAt = -1;

  private GoBase64(String text) {
    this.text = text;
  }

  /**
   * What a text holds.
   *
   * @param mistake where it stops being base64; empty if it is
   */
  public record Decoded(ByteString content, OptionalInt mistake) {}

  public static Decoded decode(String text) {
    GoBase64 decoder = new GoBase64(text);
    while (decoder.mistakeAt < 0 && decoder.group()) {
      // Goes on to the next group.
    }
    return new Decoded(
        ByteString.copyFrom(decoder.bytes.toByteArray()),
        decoder.mistakeAt < 0 ? OptionalInt.empty() : OptionalInt.of(decoder.mistakeAt));
  }

  /** Reads four characters; false at the end or at a mistake. */
  private boolean group() {
    int bits = 0;
    for (int count = 0; count < 4; count++) {
      skipLineEnds();
      if (at == text.length()) {
        if (count > 0) {
          mistakeAt = at - count;
        }
        return false;
      }
      char c = text.charAt(at);
      int value = ALPHABET.indexOf(c);
      if (value < 0) {
        if (c != PAD || count < 2) {
          mistakeAt = at;
        } else {
          padding(count, bits);
        }
        return false;
      }
      at++;
      bits = bits << 6 | value;
    }
    bytes.write(bits >> 16);
    bytes.write(bits >> 8);
    bytes.write(bits);
    return true;
  }

  /** The end of the text, from the first padding character on. */
  private void padding(int count, int bits) {
    at++;
    if (count == 2) {
      skipLineEnds();
      if (at == text.length()) {
        mistakeAt = at;
        return;
      }
      if (text.charAt(at) != PAD) {
        mistakeAt = at - 1;
        return;
      }
      at++;
      bytes.write(bits >> 4);
    } else {
      bytes.write(bits >> 10);
      bytes.write(bits >> 2);
    }
    skipLineEnds();
    if (at < text.length()) {
      mistakeAt = at;
    }
  }

  private void skipLineEnds() {
    while (at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r')) {
      at++;
    }
  }
}
