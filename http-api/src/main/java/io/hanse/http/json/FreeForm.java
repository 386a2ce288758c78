package io.hanse.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** JSON without a shape: what users put into free maps, kept with its types. */
final class FreeForm {
  private FreeForm() {}

  static void write(JsonGenerator out, Struct struct) throws IOException {
    out.writeStartObject();
    for (Map.Entry<String, Value> entry : new TreeMap<>(struct.getFieldsMap()).entrySet()) {
      out.writeFieldName(entry.getKey());
      write(out, entry.getValue());
    }
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Value value) throws IOException {
    switch (value.getKindCase()) {
      case NUMBER_VALUE -> out.writeNumber(GoNumber.format(value.getNumberValue()));
      case STRING_VALUE -> out.writeString(value.getStringValue());
      case BOOL_VALUE -> out.writeBoolean(value.getBoolValue());
      case STRUCT_VALUE -> write(out, value.getStructValue());
      case LIST_VALUE -> {
        out.writeStartArray();
        for (Value element : value.getListValue().getValuesList()) {
          write(out, element);
        }
        out.writeEndArray();
      }
      case NULL_VALUE, KIND_NOT_SET -> out.writeNull();
    }
  }

  /** Reads an object whose first token is the current one. */
  static Struct readObject(JsonParser in) throws IOException {
    Struct.Builder struct = Struct.newBuilder();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String key = in.currentName();
      in.nextToken();
      struct.putFields(key, read(in));
    }
    return struct.build();
  }

  private static Value read(JsonParser in) throws IOException {
    Value.Builder value = Value.newBuilder();
    switch (in.currentToken()) {
      case START_OBJECT -> value.setStructValue(readObject(in));
      case START_ARRAY -> {
        ListValue.Builder list = ListValue.newBuilder();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          list.addValues(read(in));
        }
        value.setListValue(list);
      }
      case VALUE_STRING -> value.setStringValue(in.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> value.setNumberValue(number(in));
      case VALUE_TRUE -> value.setBoolValue(true);
      case VALUE_FALSE -> value.setBoolValue(false);
      default -> value.setNullValue(NullValue.NULL_VALUE);
    }
    return value.build();
  }

  private static double number(JsonParser in) throws IOException {
    double number = Double.parseDouble(in.getText());
    if (Double.isInfinite(number)) {
      throw new JsonProblem(
          "json: cannot unmarshal number " + in.getText() + " into Go value of type float64");
    }
    return number;
  }
}
