/**
 * What a proxy says of itself to operators.
 *
 * <p>Start at {@link io.hanse.gateway.admin.AdminServer}.
 */
package io.hanse.gateway.admin;
