/**
 * The server: connections, bounds, and what happens to every request before and after its handler.
 *
 * <p>Start at {@link io.hanse.http.server.HttpApi}.
 */
package io.hanse.http.server;
