/**
 * What a client says in clear before TLS begins: the name of the server that it wants.
 *
 * <p>Start at {@link io.hanse.gateway.sniff.ClientHelloReader}. Nothing here knows of sockets.
 */
package io.hanse.gateway.sniff;
