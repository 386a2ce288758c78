/**
 * The handlers, grouped as Consul's documents group them. A handler decodes, calls and encodes; it
 * decides nothing.
 */
package io.hanse.http.endpoints;
