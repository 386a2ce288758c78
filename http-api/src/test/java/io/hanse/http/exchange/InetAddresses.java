package io.hanse.http.exchange;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses of clients. */
public final class InetAddresses {
  private InetAddresses() {}

  /** One for each number, up to 255. */
  public static InetAddress of(int number) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) number});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
