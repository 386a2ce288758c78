package io.hanse.cli.command;

import java.util.regex.Pattern;

/** What stands where a peering token is expected, by its looks: nothing of it is ever repeated. */
final class TokenText {
  static final String EXPECTED =
      "expected is all that hanse peering generate-token printed, in one piece";

  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /** Of a token, which is in Base64, or of the id that is its secret: what a name hardly is. */
  private static final Pattern SECRET = Pattern.compile("[0-9A-Za-z+/=_-]{24,}");

  private TokenText() {}

  /** That it is none, where it is from, and what was to be there. */
  static String misread(String where, String text) {
    return where + " holds " + whatItIs(text) + "; " + EXPECTED;
  }

  /** Whether a word of the command line may be what no log is to have. */
  static boolean canBeSecret(String word) {
    return SECRET.matcher(word).matches();
  }

  private static String whatItIs(String text) {
    if (UUID.matcher(text).matches()) {
      return "an id or a token of access control, no peering token";
    }
    if (text.startsWith("eyJ") && text.indexOf('.') > 0) {
      return "a JSON Web Token, no peering token";
    }
    if (text.startsWith("{")) {
      return "JSON: only the value of PeeringToken is the token";
    }
    // How the encoded form of an object with the key CA begins.
    return text.startsWith("eyJDQSI6")
        ? "the beginning of a peering token, "
            + text.length()
            + " characters that were cut or changed"
        : "no peering token";
  }
}
