/**
 * gRPC between clusters and to proxies: connections, TLS, and the services of the external port.
 *
 * <p>Start at {@link io.hanse.peering.transport.ExternalGrpcServer} for what is served, at {@link
 * io.hanse.peering.transport.GrpcDialer} for what is dialed. No rule of peering is decided here.
 */
package io.hanse.peering.transport;
