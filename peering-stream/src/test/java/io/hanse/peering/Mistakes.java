package io.hanse.peering;

/** Fails by turns with an error and with an exception: neither may end what is to go on. */
public final class Mistakes {
  private boolean wasError;

  /** Throws one that no task that carries on may catch by its name. */
  public RuntimeException next() {
    wasError = !wasError;
    if (wasError) {
      throw new NoClassDefFoundError("a class that nobody missed");
    }
    throw new IllegalStateException("a mistake that nobody foresaw");
  }
}
