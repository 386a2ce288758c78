/**
 * Messages as JSON in Consul's shape, driven by their descriptors and the field options of {@code
 * hanse/options.proto}.
 *
 * <p>Start at {@link io.hanse.http.json.MessageJson}.
 */
package io.hanse.http.json;
