/**
 * The demo: two peered clusters, end to end, as real processes of this distribution.
 *
 * <p>Start at {@link io.hanse.cli.demo.DemoCommand}; {@link io.hanse.cli.demo.Story} lists the
 * steps.
 */
package io.hanse.cli.demo;
