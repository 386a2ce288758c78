package io.hanse.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Skipped where no real Consul is at hand. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfEnvironmentVariable(
    named = "CONSUL_BIN",
    matches = ".+",
    disabledReason = "CONSUL_BIN names no real Consul")
@interface NeedsConsul {}
