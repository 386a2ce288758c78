/**
 * The servers' own calls to each other over gRPC: the join exchange, forwarded commands, rounds of
 * reads and questions to the leader.
 *
 * <p>Start at {@link io.hanse.raft.transport.ServerEndpoint} and {@link
 * io.hanse.raft.transport.ServerChannels}.
 */
package io.hanse.raft.transport;
