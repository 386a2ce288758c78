package io.hanse.cli.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A flag's value of the form {@code key=value}. */
public record KeyValue(String key, String value) {
  /** How picocli reads it. */
  public static final class Converter implements ITypeConverter<KeyValue> {
    @Override
    public KeyValue convert(String text) {
      int equals = text.indexOf('=');
      if (equals < 0) {
        throw new TypeConversionException("Missing \"=\" value in argument: " + text);
      }
      return new KeyValue(text.substring(0, equals), text.substring(equals + 1));
    }
  }

  /** Of all occurrences of a flag; a later one of the same key wins. */
  public static Map<String, String> map(@Nullable List<KeyValue> pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    if (pairs != null) {
      pairs.forEach(pair -> map.put(pair.key(), pair.value()));
    }
    return map;
  }
}
