package io.hanse.fsm.store;

/**
 * What a store holds, for metrics.
 *
 * @param rows rows that count towards the quota
 * @param bytes keys and values of those rows
 * @param tombstones marks of deletions that wait to be reaped
 * @param openViews views that are not closed
 * @param oldestViewLag how many versions the oldest open view is behind; if it only ever grows, a
 *     view was not closed
 * @param retiredValues values that wait for views to close
 * @param offHeapBytes native memory
 * @param watches watches that wait
 */
public record StoreStats(
    long rows,
    long bytes,
    int tombstones,
    int openViews,
    long oldestViewLag,
    int retiredValues,
    long offHeapBytes,
    int watches) {}
