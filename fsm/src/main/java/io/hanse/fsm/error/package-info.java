/** The taxonomy of failures; {@link io.hanse.fsm.error.ProblemCode} is its table. */
package io.hanse.fsm.error;
