/**
 * The rules of a stream of resources, between peered clusters and between servers and proxies
 * alike: pure, without a clock, a thread or a socket.
 *
 * <p>Start at {@link io.hanse.peering.protocol.StreamProtocol}; {@link
 * io.hanse.peering.protocol.Opening} is what an acceptor checks before there is a stream.
 */
@NullMarked
package io.hanse.peering.protocol;

import org.jspecify.annotations.NullMarked;
