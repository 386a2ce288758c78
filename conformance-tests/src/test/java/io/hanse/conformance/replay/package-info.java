/**
 * Replays recorded exchanges with a real Consul against a server of ours.
 *
 * <p>Start at {@link io.hanse.conformance.replay.Replayer}.
 */
package io.hanse.conformance.replay;
