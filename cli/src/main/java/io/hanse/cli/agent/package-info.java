/**
 * The agent: what is registered with this process, its checks, how both reach the catalog, and how
 * a server is put together.
 *
 * <p>Start at {@link io.hanse.cli.agent.AgentAssembly}, which reads as the list of all parts.
 */
package io.hanse.cli.agent;
