/** Kinds of config entries; {@code ConfigEntryKind} is their table. */
package io.hanse.fsm.config;
