/**
 * Has the JVM's compilers give way to requests.
 *
 * <p>Start at {@link io.hanse.cli.agent.compilers.YieldingCompilers}.
 */
package io.hanse.cli.agent.compilers;
