package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.row.PeeringServerAddresses;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.protocol.ResourceType.Order;
import java.util.List;

/** The resources that cross a stream between peers. */
public final class PeerResources {
  /** All instances of one service; named by the service. */
  public static final ResourceType SERVICE =
      ResourceType.of(ExportedService.getDescriptor(), Order.PER_NAME);

  /**
   * Which services are exported. It has no gate of its own: as in Consul, whoever subscribes to
   * services gets the list as well.
   */
  public static final ResourceType SERVICE_LIST =
      ResourceType.of(ExportedServiceList.getDescriptor(), Order.ALONE).gatedBy(SERVICE);

  public static final ResourceType TRUST_BUNDLE =
      ResourceType.of(PeeringTrustBundle.getDescriptor(), Order.ALONE);

  public static final ResourceType SERVER_ADDRESSES =
      ResourceType.of(PeeringServerAddresses.getDescriptor(), Order.ALONE);

  public static final ResourceTable TABLE =
      ResourceTable.of(SERVICE, SERVICE_LIST, TRUST_BUNDLE, SERVER_ADDRESSES);

  public static final String SERVICE_LIST_ID = "exported-service-list";
  public static final String TRUST_BUNDLE_ID = "roots";
  public static final String SERVER_ADDRESSES_ID = "server-addrs";

  /** What the name of a service's mesh twin ends in. */
  public static final String TWIN_SUFFIX = "-sidecar-proxy";

  private PeerResources() {}

  /** The names in a list of services; none where it is no list. */
  public static List<String> namesIn(Any list) {
    try {
      return ExportedServiceList.parseFrom(list.getValue()).getServicesList();
    } catch (InvalidProtocolBufferException e) {
      return List.of();
    }
  }

  /** Whether it is about services, which two Hanses exchange in changes. */
  static boolean isOfServices(ResourceType type) {
    return type.gate().equals(SERVICE.url());
  }

  /**
   * The rules of an accepting cluster: it dials nobody and so has no use for addresses.
   *
   * @param limits the bounds of the stream
   */
  public static StreamRules acceptor(StreamLimits limits) {
    return StreamRules.of(
        StreamRules.Role.ACCEPTOR, TABLE, List.of(SERVICE, SERVICE_LIST, TRUST_BUNDLE), limits);
  }

  /**
   * The rules of a dialing cluster.
   *
   * @param peerId the peering's id at the acceptor
   */
  public static StreamRules dialer(String peerId, StreamLimits limits) {
    return StreamRules.of(StreamRules.Role.DIALER, TABLE, TABLE.types(), limits).withPeerId(peerId);
  }
}
