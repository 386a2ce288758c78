package io.hanse.raft;

import java.io.IOException;

/** Says that a server's log is there, but not the state that it continues, and what to do. */
public final class StateLostException extends IOException {
  private static final long serialVersionUID = 1L;

  public StateLostException(String message) {
    super(message);
  }
}
