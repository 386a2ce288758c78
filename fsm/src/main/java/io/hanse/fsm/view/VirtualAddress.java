package io.hanse.fsm.view;

import io.hanse.fsm.store.Rows;
import java.util.Locale;
import java.util.Optional;

/** The address in 240.0.0.0/4 by which transparent proxies know a service. */
public final class VirtualAddress {
  private static final long FIRST = 240L << 24;

  private VirtualAddress() {}

  /** That of a service, as it is printed; empty where it was given none. */
  public static Optional<String> of(Rows rows, String peer, String service) {
    return Tables.VIRTUAL_IPS
        .get(rows, Keys.service(peer, service))
        .map(given -> printed(given.getOffset()));
  }

  /** The address that stands so far behind the first. */
  public static String printed(int offset) {
    long address = FIRST + offset;
    return String.format(
        Locale.ROOT,
        "%d.%d.%d.%d",
        address >> 24,
        (address >> 16) & 0xff,
        (address >> 8) & 0xff,
        address & 0xff);
  }
}
