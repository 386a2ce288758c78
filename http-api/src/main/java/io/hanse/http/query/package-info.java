/**
 * Reads: what a request says of freshness and waiting, and how a query is parked until its answer
 * has changed.
 *
 * <p>Start at {@link io.hanse.http.query.Reads}.
 */
package io.hanse.http.query;
