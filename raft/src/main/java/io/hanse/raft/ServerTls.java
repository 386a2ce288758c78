package io.hanse.raft;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * How the servers of a cluster prove to each other who they are. Both ends of every connection show
 * a certificate. Either part may change its mind between two handshakes; see {@link
 * Replication#renewConnections}.
 *
 * @param keys the certificate that this server shows, as a server and as a client
 * @param trust who is believed; being an extended one, no names are checked but by itself
 */
public record ServerTls(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {}
