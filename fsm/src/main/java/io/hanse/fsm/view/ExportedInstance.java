package io.hanse.fsm.view;

import io.hanse.fsm.row.CheckServiceNode;

/**
 * An instance as a peer gets it.
 *
 * @param version the index of the last write to the rows of this cluster that it was made of, but
 *     for its checks. A row that was changed and changed back is as it was before, and has another
 *     version: meanwhile the peer may have given the row in its place to another service. So has
 *     each after a restore, of which that is as true.
 */
public record ExportedInstance(CheckServiceNode row, long version) {}
