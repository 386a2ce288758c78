/**
 * Which handler answers which path and method.
 *
 * <p>Start at {@link io.hanse.http.route.EndpointTable}, the list of all endpoints.
 */
package io.hanse.http.route;
