package io.hanse.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import java.io.IOException;

/** Four blanks a level, a blank behind the colon, nothing inside of what is empty. */
final class GoIndent implements PrettyPrinter {
  private static final String LEVEL = "    ";

  private int depth;

  @Override
  public void writeRootValueSeparator(JsonGenerator out) throws IOException {
    out.writeRaw('\n');
  }

  @Override
  public void writeStartObject(JsonGenerator out) throws IOException {
    out.writeRaw('{');
    depth++;
  }

  @Override
  public void writeEndObject(JsonGenerator out, int count) throws IOException {
    end(out, count, '}');
  }

  @Override
  public void writeObjectEntrySeparator(JsonGenerator out) throws IOException {
    out.writeRaw(',');
    newLine(out);
  }

  @Override
  public void writeObjectFieldValueSeparator(JsonGenerator out) throws IOException {
    out.writeRaw(": ");
  }

  @Override
  public void writeStartArray(JsonGenerator out) throws IOException {
    out.writeRaw('[');
    depth++;
  }

  @Override
  public void writeEndArray(JsonGenerator out, int count) throws IOException {
    end(out, count, ']');
  }

  @Override
  public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
    out.writeRaw(',');
    newLine(out);
  }

  @Override
  public void beforeArrayValues(JsonGenerator out) throws IOException {
    newLine(out);
  }

  @Override
  public void beforeObjectEntries(JsonGenerator out) throws IOException {
    newLine(out);
  }

  private void end(JsonGenerator out, int count, char bracket) throws IOException {
    depth--;
    if (count > 0) {
      newLine(out);
    }
    out.writeRaw(bracket);
  }

  private void newLine(JsonGenerator out) throws IOException {
    out.writeRaw('\n');
    for (int i = 0; i < depth; i++) {
      out.writeRaw(LEVEL);
    }
  }
}
