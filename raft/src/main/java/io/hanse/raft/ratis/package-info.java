/**
 * The adapter to Apache Ratis, and the only package that may use it.
 *
 * <p>Start at {@link io.hanse.raft.ratis.RatisConsensus}.
 */
package io.hanse.raft.ratis;
