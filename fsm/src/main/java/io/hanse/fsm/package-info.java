/**
 * The replicated state machine: rows, commands and what they mean. Pure: no network, clock or
 * chance.
 *
 * <p>Start at {@code apply.CommandType}, the list of all commands.
 */
package io.hanse.fsm;
