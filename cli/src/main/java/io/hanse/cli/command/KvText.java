package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** How keys are printed. Values are bytes and go out as they are. */
final class KvText {
  /** Detailed output begins its second column here, whatever the labels are. */
  private static final int LABEL_WIDTH = 17;

  private static final List<String> LABELS =
      List.of("CreateIndex", "Flags", "Key", "LockIndex", "ModifyIndex", "Session");

  private KvText() {}

  static void detailed(OutputStream out, Value pair, boolean base64) throws IOException {
    for (String label : LABELS) {
      String text = pair.at(label).text();
      label(out, label);
      out.write((text.isEmpty() ? "-" : text).getBytes(StandardCharsets.UTF_8));
      out.write('\n');
    }
    label(out, "Value");
    value(out, pair, base64);
  }

  private static void label(OutputStream out, String label) throws IOException {
    String padded = label + " ".repeat(LABEL_WIDTH - label.length());
    out.write(padded.getBytes(StandardCharsets.UTF_8));
  }

  static void value(OutputStream out, Value pair, boolean base64) throws IOException {
    String encoded = pair.at("Value").text();
    out.write(
        base64 ? encoded.getBytes(StandardCharsets.UTF_8) : Base64.getDecoder().decode(encoded));
    out.write('\n');
  }
}
