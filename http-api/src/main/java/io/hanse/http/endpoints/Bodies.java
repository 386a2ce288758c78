package io.hanse.http.endpoints;

import com.google.protobuf.Message;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonProblem;
import io.hanse.http.json.MessageJson;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the bodies of requests; each family of endpoints words its refusals in its own way. */
final class Bodies {
  private Bodies() {}

  static <B extends Message.Builder> B catalog(Call call, B into) {
    try {
      return MessageJson.read(call.body(), into);
    } catch (JsonProblem e) {
      String hint =
          String.valueOf(e.getMessage()).endsWith("\"Namespace\"")
              ? " - Namespaces are a Consul Enterprise feature"
              : "";
      throw HttpProblem.badRequest("Request decode failed: " + e.getMessage() + hint);
    }
  }

  static <B extends Message.Builder> B agent(Call call, B into) {
    return read(call, into, "Request decode failed: ");
  }

  static <B extends Message.Builder> B query(Call call, B into) {
    return read(call, into, "Request decode failed: ");
  }

  /** The spans of time in them are our own, so that no words of a Consul are known. */
  static <B extends Message.Builder> B peering(Call call, B into) {
    try {
      return MessageJson.read(call.body(), into);
    } catch (JsonProblem e) {
      String text = e.path().isEmpty() ? e.getMessage() : e.path() + ": " + e.getMessage();
      throw HttpProblem.badRequest("Body decoding failed: " + text);
    }
  }

  static <B extends Message.Builder> B autopilot(Call call, B into) {
    return read(call, into, "Error parsing autopilot config: ");
  }

  private static <B extends Message.Builder> B read(Call call, B into, String prefix) {
    try {
      return MessageJson.read(call.body(), into);
    } catch (JsonProblem e) {
      throw HttpProblem.badRequest(prefix + e.getMessage());
    }
  }

  /** Several complaints as Consul lays them out. */
  static String all(List<String> complaints) {
    String heading =
        complaints.size() == 1 ? "1 error occurred:\n" : complaints.size() + " errors occurred:\n";
    return complaints.stream()
        .map(complaint -> "\t* " + complaint + "\n")
        .collect(Collectors.joining("", heading, "\n"));
  }
}
