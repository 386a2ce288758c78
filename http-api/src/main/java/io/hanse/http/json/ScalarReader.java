package io.hanse.http.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;

/** Reads what is no object and no list: the current token, as the type of a field. */
final class ScalarReader {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("", "0", "f", "F", "FALSE", "false", "False");
  private static final BigInteger UINT64_MAX =
      BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
  private static final BigInteger UINT32_MAX =
      BigInteger.ONE.shiftLeft(32).subtract(BigInteger.ONE);

  private final JsonParser in;
  private final boolean isWeak;

  ScalarReader(JsonParser in, boolean isWeak) {
    this.in = in;
    this.isWeak = isWeak;
  }

  Object read(FieldDescriptor field) throws IOException {
    return switch (field.getJavaType()) {
      case STRING -> string(field);
      case BOOLEAN -> bool(field);
      case INT -> isSmall() ? smallInteger(field) : integer(field).intValue();
      case LONG -> isSmall() ? (long) smallInteger(field) : integer(field).longValue();
      case DOUBLE -> decimal(field).doubleValue();
      case FLOAT -> decimal(field).floatValue();
      case BYTE_STRING -> bytes(field);
      case ENUM -> enumValue(field);
      case MESSAGE -> throw new IllegalStateException("no scalar: " + field.getFullName());
    };
  }

  /** A Go duration, or a number of nanoseconds. */
  Duration duration(FieldDescriptor field) throws IOException {
    java.time.Duration duration;
    if (in.currentToken() == JsonToken.VALUE_STRING) {
      duration = GoDuration.parse(in.getText());
    } else if (in.currentToken().isNumeric()) {
      duration = java.time.Duration.ofNanos(number(field).longValue());
    } else {
      throw mismatch(field);
    }
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  Timestamp timestamp(FieldDescriptor field) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw mismatch(field);
    }
    try {
      Instant time = Instant.parse(in.getText());
      return Timestamp.newBuilder()
          .setSeconds(time.getEpochSecond())
          .setNanos(time.getNano())
          .build();
    } catch (DateTimeException e) {
      throw new JsonProblem(
          "parsing time \"" + in.getText() + "\" as \"2006-01-02T15:04:05Z07:00\"");
    }
  }

  private String string(FieldDescriptor field) throws IOException {
    return switch (in.currentToken()) {
      case VALUE_STRING -> in.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        requireWeak(field);
        yield in.getText();
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        requireWeak(field);
        yield in.getBooleanValue() ? "1" : "0";
      }
      default -> throw mismatch(field);
    };
  }

  private Boolean bool(FieldDescriptor field) throws IOException {
    return switch (in.currentToken()) {
      case VALUE_TRUE, VALUE_FALSE -> in.getBooleanValue();
      case VALUE_STRING -> {
        requireWeak(field);
        if (!TRUE.contains(in.getText()) && !FALSE.contains(in.getText())) {
          throw mismatch(field);
        }
        yield TRUE.contains(in.getText());
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        requireWeak(field);
        yield number(field).signum() != 0;
      }
      default -> throw mismatch(field);
    };
  }

  /** Whether the token is a number that any field of integers has room for, but for its sign. */
  private boolean isSmall() throws IOException {
    return in.currentToken() == JsonToken.VALUE_NUMBER_INT
        && in.getNumberType() == JsonParser.NumberType.INT;
  }

  private int smallInteger(FieldDescriptor field) throws IOException {
    int value = in.getIntValue();
    if (value < 0 && MessageWriter.isUnsigned(field)) {
      throw mismatch(field);
    }
    return value;
  }

  private BigInteger integer(FieldDescriptor field) throws IOException {
    BigInteger value;
    switch (in.currentToken()) {
      case VALUE_NUMBER_INT -> value = number(field).toBigInteger();
      case VALUE_NUMBER_FLOAT -> {
        requireWeak(field);
        value = number(field).toBigInteger();
      }
      case VALUE_STRING -> {
        requireWeak(field);
        value = in.getText().isEmpty() ? BigInteger.ZERO : number(field).toBigIntegerExact();
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        requireWeak(field);
        value = in.getBooleanValue() ? BigInteger.ONE : BigInteger.ZERO;
      }
      default -> throw mismatch(field);
    }
    boolean isLong = field.getJavaType() == FieldDescriptor.JavaType.LONG;
    boolean fits =
        MessageWriter.isUnsigned(field)
            ? value.signum() >= 0 && value.compareTo(isLong ? UINT64_MAX : UINT32_MAX) <= 0
            : value.bitLength() < (isLong ? Long.SIZE : Integer.SIZE);
    if (!fits) {
      throw mismatch(field);
    }
    return value;
  }

  private BigDecimal decimal(FieldDescriptor field) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_STRING) {
      requireWeak(field);
    } else if (!in.currentToken().isNumeric()) {
      throw mismatch(field);
    }
    return number(field);
  }

  /** Of at most the exponent that a 64-bit number has use for: a short text may not grow. */
  private BigDecimal number(FieldDescriptor field) throws IOException {
    try {
      BigDecimal number = new BigDecimal(in.getText());
      if (Math.abs((long) number.scale()) > 400) {
        throw mismatch(field);
      }
      return number;
    } catch (NumberFormatException e) {
      throw mismatch(field);
    }
  }

  private ByteString bytes(FieldDescriptor field) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw mismatch(field);
    }
    try {
      return ByteString.copyFrom(Base64.getDecoder().decode(in.getText()));
    } catch (IllegalArgumentException e) {
      throw new JsonProblem("illegal base64 data");
    }
  }

  private EnumValueDescriptor enumValue(FieldDescriptor field) throws IOException {
    EnumValueDescriptor value =
        in.currentToken() == JsonToken.VALUE_STRING
            ? field.getEnumType().findValueByName(in.getText())
            : null;
    if (value == null) {
      throw mismatch(field);
    }
    return value;
  }

  private void requireWeak(FieldDescriptor field) throws IOException {
    if (!isWeak) {
      throw mismatch(field);
    }
  }

  JsonProblem mismatch(FieldDescriptor field) throws IOException {
    return new JsonProblem(
        "json: cannot unmarshal "
            + nameOf(in.currentToken())
            + " into Go struct field "
            + field.getContainingType().getName()
            + "."
            + field.getJsonName()
            + " of type "
            + goType(field));
  }

  private String nameOf(JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> "object";
      case START_ARRAY -> "array";
      case VALUE_STRING -> "string";
      case VALUE_TRUE, VALUE_FALSE -> "bool";
      case VALUE_NUMBER_INT -> "number";
      case VALUE_NUMBER_FLOAT -> "number " + in.getText();
      default -> "value";
    };
  }

  private static String goType(FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case STRING, ENUM -> "string";
          case BOOLEAN -> "bool";
          case INT, LONG -> MessageWriter.isUnsigned(field) ? "uint64" : "int";
          case DOUBLE, FLOAT -> "float64";
          case BYTE_STRING -> "[]uint8";
          case MESSAGE -> "structs." + field.getMessageType().getName();
        };
    return field.isRepeated() ? "[]" + type : type;
  }
}
