package io.hanse.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Whose programs a cluster is made of. */
enum Product {
  HANSE {
    @Override
    Path program() {
      return AgentProcess.program();
    }

    @Override
    void leave(AgentProcess server) {
      // It is known by its id, wherever it comes back.
    }

    @Override
    List<String> gateway(String grpc) {
      return List.of("gateway");
    }

    @Override
    List<String> sidecar(String grpc) {
      return List.of("proxy");
    }
  },

  /** A real one, with Envoys for its data plane. */
  CONSUL {
    @Override
    Path program() {
      return variable("CONSUL_BIN");
    }

    @Override
    void leave(AgentProcess server) throws IOException {
      // Else the others hold its name for it at its old address, half a minute long.
      server.answer("PUT", "/v1/agent/leave", "");
    }

    @Override
    List<String> gateway(String grpc) {
      return Stream.concat(sidecar(grpc).stream(), Stream.of("-gateway=mesh", "-register"))
          .toList();
    }

    @Override
    List<String> sidecar(String grpc) {
      // It wants to know each Envoy by its version, but asks no more of most than it gets.
      return List.of(
          "connect",
          "envoy",
          "-grpc-addr=" + grpc,
          "-envoy-binary=" + variable("ENVOY_BIN"),
          "-ignore-envoy-compatibility");
    }
  };

  abstract Path program();

  /** What a server must do before it comes back at another address, if it has fellows. */
  abstract void leave(AgentProcess server) throws IOException;

  /** The words that start a mesh gateway and register it. */
  abstract List<String> gateway(String grpc);

  /** The words that start a sidecar that is registered. */
  abstract List<String> sidecar(String grpc);

  private static Path variable(String name) {
    return Path.of(System.getenv(name)).toAbsolutePath();
  }
}
