package io.hanse.cli.command;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Failures;
import io.hanse.cli.client.Session;
import java.io.IOException;
import java.nio.file.InvalidPathException;

/**
 * The token that a command was given.
 *
 * @param source what it was read from; "" where it stood in the command line
 */
record GivenToken(String text, String source) {
  /** Never shown. */
  @Override
  public String toString() {
    return "GivenToken[" + source + "]";
  }

  static GivenToken of(Session session, String token, String file) {
    if (file.isEmpty()) {
      String text = Failures.required(token.strip(), "Missing the required -peering-token flag");
      return new GivenToken(text, "");
    }
    if (!token.isEmpty()) {
      throw new CommandFailure("Only one of -peering-token and -peering-token-file may be given");
    }
    String source = file.equals("-") ? "standard input" : file;
    String text = read(session, file).strip();
    if (text.isEmpty()) {
      throw new CommandFailure("There is no peering token in " + source);
    }
    return new GivenToken(text, source);
  }

  private static String read(Session session, String file) {
    try {
      return Documents.read(session, file);
    } catch (IOException | InvalidPathException e) {
      String reason = e instanceof IOException failure ? Documents.reason(failure) : "no file";
      String named = TokenText.canBeSecret(file) ? "" : "open " + file + ": ";
      throw new CommandFailure("-peering-token-file: " + named + reason);
    }
  }

  /** The server, which took it for none, does not know where it is from. */
  CommandFailure explained(CommandFailure failure) {
    boolean isNone = String.valueOf(failure.getMessage()).contains("failed to decode token");
    return isNone && !source.isEmpty()
        ? new CommandFailure(failure.getMessage() + "\n" + TokenText.misread(source, text))
        : failure;
  }
}
