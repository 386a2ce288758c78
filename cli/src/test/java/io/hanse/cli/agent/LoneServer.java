package io.hanse.cli.agent;

import io.hanse.cli.config.AgentConfig;
import io.hanse.cli.config.AgentConfigReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a cluster of one server is configured with, on ports that were free at the time. */
final class LoneServer {
  private LoneServer() {}

  static AgentConfig config(Path folder, String more) throws IOException {
    List<Integer> ports = ports(4);
    String text =
        """
        server = true
        bootstrap_expect = 1
        bind_addr = "127.0.0.1"
        data_dir = "%s"
        ports { http = %d server = %d serf_lan = %d grpc_tls = %d }
        %s
        """
            .formatted(folder, ports.get(0), ports.get(1), ports.get(2), ports.get(3), more);
    return AgentConfigReader.read(
        new AgentConfigReader.Sources(false, List.of(), "", List.of(), List.of(text), folder));
  }

  private static List<Integer> ports(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }
}
