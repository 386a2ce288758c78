/** Verdicts on histories. */
package io.hanse.jepsen.check;
