/** What commands mean; {@code CommandType} is their table. */
package io.hanse.fsm.apply;
