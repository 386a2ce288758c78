/**
 * A server that has started practises what it will have to do, so that its code is compiled by
 * then.
 *
 * <p>Start at {@link io.hanse.cli.agent.warmup.WarmUp}.
 */
package io.hanse.cli.agent.warmup;
