package io.hanse.http.endpoints;

import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Upstream;
import io.hanse.http.json.JsonWriter;
import io.hanse.http.json.MessageJson;
import java.nio.charset.StandardCharsets;

/** A service as its own agent shows it: fuller than in the catalog, and its proxy sparser. */
final class AgentServices {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private AgentServices() {}

  /** Changes with everything that a client can see of the service. */
  static String contentHash(NodeService service) {
    long hash = FNV_OFFSET;
    String text = MessageJson.print(service.toBuilder().clearRaftIndex().build());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return Long.toHexString(hash);
  }

  /** Writes it; without a content hash for "". */
  static void write(JsonWriter out, NodeService service, String contentHash, String datacenter) {
    out.beginObject();
    text(out, "Kind", service.getKind());
    out.field("ID", service.getId())
        .field("Service", service.getService())
        .key("Tags")
        .strings(service.getTagsList())
        .field("Meta", service.getMetaMap())
        .field("Port", service.getPort())
        .field("Address", service.getAddress());
    text(out, "SocketPath", service.getSocketPath());
    if (service.getTaggedAddressesCount() > 0) {
      out.field("TaggedAddresses", service.getTaggedAddressesMap());
    }
    out.field("Weights", service.getWeights())
        .field("EnableTagOverride", service.getEnableTagOverride());
    text(out, "ContentHash", contentHash);
    if (!service.getKind().isEmpty()) {
      out.key("Proxy").sparse(withTypes(service.getProxy()));
    }
    if (service.getConnect().getNative()) {
      out.key("Connect").beginObject().field("Native", true).endObject();
    }
    text(out, "PeerName", service.getPeerName());
    out.field("Datacenter", datacenter);
    if (service.hasLocality()) {
      out.field("Locality", service.getLocality());
    }
    out.endObject();
  }

  private static void text(JsonWriter out, String key, String value) {
    if (!value.isEmpty()) {
      out.field(key, value);
    }
  }

  private static ConnectProxyConfig withTypes(ConnectProxyConfig proxy) {
    ConnectProxyConfig.Builder builder = proxy.toBuilder();
    for (Upstream.Builder upstream : builder.getUpstreamsBuilderList()) {
      if (upstream.getDestinationType().isEmpty()) {
        upstream.setDestinationType("service");
      }
    }
    return builder.build();
  }
}
