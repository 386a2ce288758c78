/**
 * Filter expressions over rows, in the language of Consul's {@code filter} parameter: a grammar,
 * the fields that a type of row can be asked for, and conditions on them. Nothing here can take
 * more than a bounded time: patterns are matched in time linear in the text.
 *
 * <p>Start at {@link io.hanse.fsm.filter.Filter}.
 */
package io.hanse.fsm.filter;
