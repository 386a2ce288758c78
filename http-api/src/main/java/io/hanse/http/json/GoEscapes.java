package io.hanse.http.json;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What Go's encoder escapes besides: what HTML or a script in it could take for markup. */
final class GoEscapes extends CharacterEscapes {
  private static final long serialVersionUID = 1;
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int LINE_SEPARATOR = 0x2028;
  private static final int PARAGRAPH_SEPARATOR = 0x2029;

  private final int[] ascii = standardAsciiEscapesForJSON();

  GoEscapes() {
    for (int c = 0; c < FIRST_PRINTABLE; c++) {
      if (ascii[c] == ESCAPE_STANDARD) {
        ascii[c] = ESCAPE_CUSTOM;
      }
    }
    ascii['<'] = ESCAPE_CUSTOM;
    ascii['>'] = ESCAPE_CUSTOM;
    ascii['&'] = ESCAPE_CUSTOM;
  }

  @Override
  public int[] getEscapeCodesForAscii() {
    return ascii.clone();
  }

  @Override
  public @Nullable SerializableString getEscapeSequence(int c) {
    if (c < ascii.length || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR) {
      return new SerializedString(String.format(Locale.ROOT, "\\u%04x", c));
    }
    return null;
  }
}
