/** What clients asked and were answered. */
package io.hanse.jepsen.history;
