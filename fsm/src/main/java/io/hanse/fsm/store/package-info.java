/**
 * Versions of the state, and how to read them: persistent trees over values that are written once.
 *
 * <p>Start at {@link io.hanse.fsm.store.Store}.
 */
package io.hanse.fsm.store;
