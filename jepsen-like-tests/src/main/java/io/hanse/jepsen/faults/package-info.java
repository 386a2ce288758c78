/** Ways to hurt a cluster, and to make it whole again. */
package io.hanse.jepsen.faults;
