/**
 * The HTTP API, as Consul's.
 *
 * <p>Start at {@code route.EndpointTable}, the list of all endpoints.
 */
package io.hanse.http;
