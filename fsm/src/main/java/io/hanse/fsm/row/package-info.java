/**
 * The messages of the state, generated from {@code src/main/proto}: rows, commands and what crosses
 * the peer stream are the same. By hand only what all of them need: {@link
 * io.hanse.fsm.row.Redaction}.
 */
package io.hanse.fsm.row;
