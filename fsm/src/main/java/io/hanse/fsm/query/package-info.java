/**
 * The texts of prepared queries that are templates, and what they come to for a name.
 *
 * <p>Start at {@link io.hanse.fsm.query.QueryTemplates}.
 */
package io.hanse.fsm.query;
