/**
 * The agent's configuration: files and flags in, one immutable record out.
 *
 * <p>Start at {@link io.hanse.cli.config.AgentConfigReader}; {@link io.hanse.cli.config.ConfigKeys}
 * lists all keys.
 */
package io.hanse.cli.config;
