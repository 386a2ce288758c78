/** A whole run: a cluster, clients, faults, and what is to be said of it. */
package io.hanse.jepsen.experiment;
