/**
 * Who may call the service behind a sidecar.
 *
 * <p>Start at {@link io.hanse.gateway.access.IntentionPolicy}.
 */
package io.hanse.gateway.access;
