/**
 * Replays recorded exchanges with a real Consul against a server of ours.
 *
 * <p>Start at {@link io.hanse.http.replay.Replayer}.
 */
package io.hanse.http.replay;
