package io.hanse.fsm.apply;

import io.hanse.fsm.store.Transaction;

/**
 * What an applier may know besides its command: where in the log it stands, the log's clock, and
 * the rows as all commands before it left them.
 *
 * @param index the public index of the command
 * @param timeMillis the clock of the log, which never goes back
 */
record ApplyContext(long index, long logIndex, long timeMillis, Transaction rows) {}
