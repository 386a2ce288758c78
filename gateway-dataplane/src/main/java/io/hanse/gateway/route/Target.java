package io.hanse.gateway.route;

/**
 * What a name stands for: endpoints to choose from, and what limits connections to them.
 *
 * @param name the server name, or the name of an upstream
 * @param service for logs and metrics
 * @param peer the cluster it is in; "" for this one
 * @param connectMillis 0 for the default
 * @param usage counters; carried over from one version of a target to the next
 */
public record Target(
    String name,
    String service,
    String peer,
    int connectMillis,
    EndpointPicker picker,
    TargetUsage usage) {}
