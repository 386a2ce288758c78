/**
 * Where connections go: server name to target, target to endpoint.
 *
 * <p>Start at {@link io.hanse.gateway.route.RouteTable}; {@link
 * io.hanse.gateway.route.RouteCompiler} makes it of what the servers sent.
 */
package io.hanse.gateway.route;
