package io.hanse.http.server;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** A range of addresses. */
public record Network(InetAddress address, int prefixBits) {
  /**
   * Reads {@code 10.0.0.0/8} and the like; names are not resolved.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(0, slash).matches("[0-9a-fA-F.:]+")) {
      throw new IllegalArgumentException("not a network in CIDR notation: " + text);
    }
    try {
      InetAddress address = InetAddress.getByName(text.substring(0, slash));
      int bits = Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > address.getAddress().length * Byte.SIZE) {
        throw new IllegalArgumentException("not a network in CIDR notation: " + text);
      }
      return new Network(address, bits);
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException("not a network in CIDR notation: " + text, e);
    }
  }

  /** An address as everybody writes it, those of IPv6 shortened by RFC 5952 and without a zone. */
  public static String textOf(InetAddress address) {
    return NetUtil.toAddressString(address);
  }

  public boolean contains(InetAddress other) {
    byte[] ours = address.getAddress();
    byte[] theirs = other.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    int whole = prefixBits / Byte.SIZE;
    if (!Arrays.equals(ours, 0, whole, theirs, 0, whole)) {
      return false;
    }
    int rest = prefixBits % Byte.SIZE;
    return rest == 0 || ((ours[whole] ^ theirs[whole]) & 0xff) >> (Byte.SIZE - rest) == 0;
  }
}
