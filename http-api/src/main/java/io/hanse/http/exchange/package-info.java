/**
 * One request and its answer, free of the server that carries them.
 *
 * <p>Start at {@link io.hanse.http.exchange.Handler}.
 */
package io.hanse.http.exchange;
