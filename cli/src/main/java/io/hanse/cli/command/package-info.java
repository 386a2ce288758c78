/**
 * The client commands: one class per group, one method per command. Each checks its flags, calls
 * the API once or twice and prints.
 *
 * <p>Start at {@link io.hanse.cli.command.PeeringCommands}.
 */
package io.hanse.cli.command;
