/**
 * Text that has no schema: what configuration files, config entries and answers of the API say,
 * before anyone decides what it means.
 *
 * <p>Start at {@link io.hanse.cli.value.Value}.
 */
package io.hanse.cli.value;
