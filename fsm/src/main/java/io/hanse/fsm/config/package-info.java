/**
 * What a config entry may say, kind by kind; {@link io.hanse.fsm.config.ConfigEntryKind} is the
 * table. Only rules that look at one entry alone: those that need the rest of the state are applied
 * with the command.
 */
package io.hanse.fsm.config;
