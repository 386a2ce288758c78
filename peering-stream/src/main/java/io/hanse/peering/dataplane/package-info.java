/**
 * What servers tell gateways and sidecars: which names lead where, who may call whom, whom to
 * trust. Derived from views of the state; any server serves it.
 *
 * <p>Start at {@link io.hanse.peering.dataplane.ProxyFeed}.
 */
package io.hanse.peering.dataplane;
