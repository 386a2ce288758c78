/**
 * The first version of HCL, as agent configuration and config entries are written in it.
 *
 * <p>Start at {@link io.hanse.cli.config.hcl.HclText}.
 */
package io.hanse.cli.config.hcl;
