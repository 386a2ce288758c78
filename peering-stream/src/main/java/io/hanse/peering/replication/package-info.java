/**
 * Keeps the streams of all peerings running while this server leads: what is exported goes out,
 * what is imported goes to the log, what was deleted is cleared away.
 *
 * <p>Start at {@link io.hanse.peering.replication.PeerSupervisor}; {@link
 * io.hanse.peering.replication.StreamDriver} ties a stream's rules to its transport.
 */
@NullMarked
package io.hanse.peering.replication;

import org.jspecify.annotations.NullMarked;
