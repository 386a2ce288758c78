/** What a server tells monitoring systems, and in which forms. */
@org.jspecify.annotations.NullMarked
package io.hanse.http.metrics;
