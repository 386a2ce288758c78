/**
 * Talking to other clusters.
 *
 * <p>Start at {@link io.hanse.peering.PeeringService} for what operators do, at {@code
 * protocol.StreamProtocol} for the rules of a stream.
 */
package io.hanse.peering;
