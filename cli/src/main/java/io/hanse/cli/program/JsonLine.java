package io.hanse.cli.program;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/**
 * What a server logs, as an object of JSON in a line, with the keys of Consul's: what reads the
 * lines of the one reads those of the other. Times are local, in RFC 3339, to the microsecond.
 */
final class JsonLine extends LayoutBase<ILoggingEvent> {
  private final JsonFactory json = new JsonFactory();
  private final ThrowableProxyConverter thrown = new ThrowableProxyConverter();
  private final LogTime time = new LogTime("SSSSSS");

  @Override
  public void start() {
    thrown.setContext(getContext());
    thrown.start();
    super.start();
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    StringWriter line = new StringWriter();
    try (JsonGenerator object = json.createGenerator(line)) {
      write(event, object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.append(System.lineSeparator()).toString();
  }

  private void write(ILoggingEvent event, JsonGenerator object) throws IOException {
    LoggedPairs told = LoggedPairs.of(event);
    object.writeStartObject();
    object.writeStringField("@level", event.getLevel().toString().toLowerCase(Locale.ROOT));
    object.writeStringField("@message", told.words());
    object.writeStringField("@module", event.getLoggerName());
    StringBuilder timestamp = new StringBuilder();
    time.appendTo(timestamp, event.getInstant());
    object.writeStringField("@timestamp", timestamp.toString());
    for (Map.Entry<String, Object> pair : told.pairs().entrySet()) {
      object.writeFieldName(pair.getKey());
      writeValue(pair.getValue(), object);
    }
    IThrowableProxy failure = event.getThrowableProxy();
    if (failure != null) {
      object.writeStringField("error", failure.getClassName() + ": " + failure.getMessage());
      object.writeStringField("stacktrace", thrown.convert(event));
    }
    object.writeEndObject();
  }

  private static void writeValue(Object value, JsonGenerator object) throws IOException {
    if (value instanceof Boolean truth) {
      object.writeBoolean(truth);
    } else if (value instanceof Integer || value instanceof Long) {
      object.writeNumber(((Number) value).longValue());
    } else {
      object.writeString(String.valueOf(value));
    }
  }
}
