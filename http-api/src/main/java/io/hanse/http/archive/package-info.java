/**
 * The file that a snapshot of the state travels in, in Consul's layout: a tar, packed by gzip, of a
 * description, the state and the checksums of both.
 *
 * <p>Start at {@link io.hanse.http.archive.ArchiveReader}.
 */
package io.hanse.http.archive;
