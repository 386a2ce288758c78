/**
 * The commands that stay: agent, mesh gateway and sidecar proxy.
 *
 * <p>Start at {@link io.hanse.cli.program.AgentCommand}.
 */
package io.hanse.cli.program;
