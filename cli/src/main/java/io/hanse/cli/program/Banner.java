package io.hanse.cli.program;

import io.hanse.cli.config.AgentConfig;
import io.hanse.cli.config.ProductVersion;

/** What an agent prints before it logs, in the lay-out that init scripts know. */
final class Banner {
  private Banner() {}

  static String text(AgentConfig config) {
    AgentConfig.Ports ports = config.ports();
    StringBuilder out = new StringBuilder("==> Starting Hanse agent...\n");
    line(out, "Version", quoted(ProductVersion.text()));
    line(out, "Compatible with", quoted("Consul " + ProductVersion.COMPATIBLE_WITH));
    config.node().id().ifPresent(id -> line(out, "Node ID", quoted(id)));
    line(out, "Node name", quoted(config.node().name()));
    line(out, "Datacenter", quoted(config.datacenter()) + " (Segment: '<all>')");
    line(out, "Server", config.server() + " (Bootstrap: " + config.isBootstrap() + ")");
    line(
        out,
        "Client Addr",
        config.addresses().http()
            + " (HTTP: "
            + ports.http()
            + ", HTTPS: "
            + ports.https()
            + ", gRPC: -1, gRPC-TLS: "
            + ports.grpcTls()
            + ", DNS: -1)");
    line(
        out,
        "Cluster Addr",
        config.addresses().advertise()
            + " (LAN: "
            + ports.serfLan()
            + ", Server: "
            + ports.server()
            + ")");
    line(out, "ACL Enabled", "false");
    line(out, "Intention Policy", config.defaultIntentionPolicy().orElse("allow"));
    return out.append("\n==> Log data will now stream in as it occurs:\n\n").toString();
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }

  private static void line(StringBuilder out, String label, String value) {
    out.append(String.format("%22s: %s%n", label, value));
  }
}
