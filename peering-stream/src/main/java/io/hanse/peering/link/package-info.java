/**
 * What the rules of peering need of a transport, as plain messages in and out.
 *
 * <p>Start at {@link io.hanse.peering.link.Outbound} and {@link io.hanse.peering.link.Inbound}, the
 * two directions of one stream; {@link io.hanse.peering.link.StreamAcceptor} and {@link
 * io.hanse.peering.link.StreamDialer} are its two ends. No type of gRPC passes here.
 */
package io.hanse.peering.link;
