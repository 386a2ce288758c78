package io.hanse.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long a server for development takes from its start to answers and to a leader. */
final class DevStart {
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private DevStart() {}

  static void run(Kind kind, String program, Report report) throws Exception {
    String ports = "ports { http = 28500, grpc = -1, grpc_tls = 28503, server = 28300,";
    ports += " serf_lan = 28301, serf_wan = -1, dns = -1 }";
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(List.of(program, "agent", "-dev", "-hcl", ports))
            .redirectErrorStream(true)
            .redirectOutput(Path.of("/dev/null").toFile())
            .start();
    try {
      double first = 0;
      double leader = 0;
      while (leader == 0 && System.nanoTime() - begin < PATIENCE_NANOS) {
        String text = ask();
        double now = (System.nanoTime() - begin) / 1e6;
        if (!text.isEmpty() && first == 0) {
          first = now;
        }
        if (text.contains(":28300\"")) {
          leader = now;
        }
        Cluster.pause(5);
      }
      double cpu = Usage.cpuMicros(List.of(process.pid())) / 1000;
      report.add("agent -dev", kind, "answer ms", first);
      report.add("agent -dev", kind, "leader ms", leader);
      report.add("agent -dev", kind, "cpu ms", cpu);
    } finally {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  /** Without an HTTP client, which would take long to load itself. */
  private static String ask() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 28500), 1000);
      socket.setSoTimeout(2000);
      socket
          .getOutputStream()
          .write(
              "GET /v1/status/leader HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return "";
    }
  }
}
