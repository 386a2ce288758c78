/**
 * Does Hanse answer as Consul does, and is it built as it says? Recorded exchanges and command
 * lines against the API, whole agents and the client; real peers; the rules of the architecture.
 */
package io.hanse.conformance;
