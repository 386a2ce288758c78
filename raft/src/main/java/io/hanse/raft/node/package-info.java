/**
 * Puts the parts of replication together.
 *
 * <p>Start at {@link io.hanse.raft.node.ClusterNode}.
 */
package io.hanse.raft.node;
