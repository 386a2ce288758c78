/**
 * What access control knows without the state: its built-in rows and the hashes of all rows.
 *
 * <p>Start at {@link io.hanse.fsm.acl.AclHash}.
 */
package io.hanse.fsm.acl;
