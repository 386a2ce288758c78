package io.hanse.bench.load;

import java.nio.charset.StandardCharsets;

/**
 * What a system is asked for.
 *
 * @param verb of HTTP; ignored by gRPC
 * @param path of the endpoint, or of the gRPC method
 */
record Request(String verb, String path, byte[] body) {
  private static final byte[] NOTHING = {};

  static Request get(String path) {
    return new Request("GET", path, NOTHING);
  }

  static Request put(String path, String body) {
    return new Request("PUT", path, body.getBytes(StandardCharsets.UTF_8));
  }

  static Request post(String path, String body) {
    return new Request("POST", path, body.getBytes(StandardCharsets.UTF_8));
  }

  static Request delete(String path) {
    return new Request("DELETE", path, NOTHING);
  }

  /** A call of gRPC with an encoded message. */
  static Request call(String method, byte[] message) {
    return new Request("POST", method, message);
  }
}
