/**
 * Where a proxy's configuration comes from: its stream with the servers.
 *
 * <p>Start at {@link io.hanse.gateway.feed.RouteFeed}. Nothing here decides what the configuration
 * means.
 */
package io.hanse.gateway.feed;
