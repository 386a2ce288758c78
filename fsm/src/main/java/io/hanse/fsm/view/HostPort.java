package io.hanse.fsm.view;

/** A host and a port in one word. */
public final class HostPort {
  private HostPort() {}

  /** As others dial it: an address of IPv6 stands in brackets, whether it came in them or not. */
  public static String joined(String host, int port) {
    return joined(host, String.valueOf(port));
  }

  /** The same, where the port is a text. */
  public static String joined(String host, String port) {
    return host.indexOf(':') >= 0 && !host.startsWith("[")
        ? "[" + host + "]:" + port
        : host + ":" + port;
  }
}
