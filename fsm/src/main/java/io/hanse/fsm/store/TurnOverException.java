package io.hanse.fsm.store;

/**
 * Tells the one who bounded a turn of reading that there is more to read: the same query has to be
 * run again where it holds nobody up.
 */
public final class TurnOverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TurnOverException() {
    // A sign between two who know each other: where it was given says nothing.
    super("the query reads more than one turn may", null, false, false);
  }
}
