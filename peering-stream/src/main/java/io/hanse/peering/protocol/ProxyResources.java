package io.hanse.peering.protocol;

import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.Intentions;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.ProxyTrustBundle;
import io.hanse.peering.proto.ResourceBatch;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.proto.Route;
import io.hanse.peering.proto.UpstreamRoute;
import io.hanse.peering.protocol.ResourceType.Order;
import java.util.ArrayList;
import java.util.List;

/** The resources that cross a stream between a server and a proxy. */
public final class ProxyResources {
  /** As registered, and as a proxy says it in its opening. */
  public static final String MESH_GATEWAY = "mesh-gateway";

  public static final String SIDECAR = "connect-proxy";

  /** The newest format that this version speaks. */
  public static final int FORMAT_VERSION = 3;

  /** The oldest one that this version speaks. */
  public static final int FORMAT_VERSION_MIN = 1;

  /** From which on a proxy takes a list in parts. */
  public static final int FORMAT_VERSION_OF_PARTS = 2;

  /** From which on a proxy takes several resources in one message. */
  public static final int FORMAT_VERSION_OF_BATCHES = 3;

  public static final ResourceType CONFIG =
      ResourceType.of(ProxyConfig.getDescriptor(), Order.PER_NAME);
  public static final ResourceType TRUST_BUNDLE =
      ResourceType.of(ProxyTrustBundle.getDescriptor(), Order.PER_NAME);
  public static final ResourceType INTENTIONS =
      ResourceType.of(Intentions.getDescriptor(), Order.PER_NAME);
  public static final ResourceType ENDPOINTS =
      ResourceType.of(Endpoints.getDescriptor(), Order.PER_NAME);
  public static final ResourceType ROUTE = ResourceType.of(Route.getDescriptor(), Order.PER_NAME);
  public static final ResourceType UPSTREAM =
      ResourceType.of(UpstreamRoute.getDescriptor(), Order.PER_NAME);

  /** The names of each kind; named by the kind. */
  public static final ResourceType LIST =
      ResourceType.of(ResourceList.getDescriptor(), Order.ALONE);

  /** Several resources in one. */
  public static final ResourceType BATCH =
      ResourceType.of(ResourceBatch.getDescriptor(), Order.ALONE);

  public static final ResourceTable TABLE =
      ResourceTable.of(CONFIG, TRUST_BUNDLE, INTENTIONS, ENDPOINTS, ROUTE, UPSTREAM, LIST, BATCH);

  /** The name of the only resource of its kind. */
  public static final String CONFIG_ID = "config";

  private static final List<ResourceType> OF_GATEWAYS = List.of(CONFIG, ENDPOINTS, ROUTE);
  private static final List<ResourceType> OF_SIDECARS =
      List.of(CONFIG, TRUST_BUNDLE, INTENTIONS, ENDPOINTS, UPSTREAM);

  private ProxyResources() {}

  /** What a proxy of a kind needs, all of it before it listens; none for an unknown kind. */
  public static List<ResourceType> of(String proxyKind) {
    return switch (proxyKind) {
      case MESH_GATEWAY -> OF_GATEWAYS;
      case SIDECAR -> OF_SIDECARS;
      default -> List.of();
    };
  }

  /** The name of a kind's list. */
  public static String listId(ResourceType type) {
    return type.url().substring(type.url().lastIndexOf('.') + 1);
  }

  /**
   * The rules of a server: it wants nothing of a proxy.
   *
   * @param formatVersion the newest that the proxy speaks
   */
  public static StreamRules server(int formatVersion, StreamLimits limits) {
    StreamRules rules = StreamRules.of(StreamRules.Role.ACCEPTOR, TABLE, List.of(), limits);
    return formatVersion >= FORMAT_VERSION_OF_BATCHES ? rules.withBatches(BATCH) : rules;
  }

  /** The rules of a proxy. */
  public static StreamRules proxy(String proxyKind, StreamLimits limits) {
    List<ResourceType> wanted = new ArrayList<>(of(proxyKind));
    wanted.add(LIST);
    return StreamRules.of(StreamRules.Role.DIALER, TABLE, wanted, limits);
  }
}
