package io.hanse.gateway.feed;

import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.Intentions;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.ProxyTrustBundle;
import io.hanse.peering.proto.Route;
import io.hanse.peering.proto.UpstreamRoute;
import java.util.Map;

/**
 * All that a proxy was told, as of one moment. Messages that have not changed are the same objects
 * as in the snapshot before.
 *
 * @param index the newest of the cluster's indexes at which names of resources changed
 */
public record ProxySnapshot(
    ProxyConfig config,
    Map<String, Route> routes,
    Map<String, Endpoints> endpoints,
    Map<String, UpstreamRoute> upstreams,
    Intentions intentions,
    Map<String, ProxyTrustBundle> bundles,
    long index) {}
