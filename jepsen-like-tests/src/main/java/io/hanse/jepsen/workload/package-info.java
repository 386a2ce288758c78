/** Clients that use a cluster and note what they see. */
package io.hanse.jepsen.workload;
