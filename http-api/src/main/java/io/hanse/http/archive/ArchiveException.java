package io.hanse.http.archive;

import java.io.IOException;

/** An archive that is none, or damaged. The text is Consul's where it has one. */
public final class ArchiveException extends IOException {
  private static final long serialVersionUID = 1;

  public ArchiveException(String message, Exception cause) {
    super(message, cause);
  }

  ArchiveException(String message) {
    super(message);
  }
}
